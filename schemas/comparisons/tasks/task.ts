import { defineComparison, text } from '#schemas/comparison.ts';

export default defineComparison({
  name: 'task',
  left: 'tasks',
  right: 'analytics',
  space: 'uuid',
  page: 20_000,
  key: [text('taskId')],
  value: [text('status'), text('assigneeId')],
  noun: 'newest version of task {taskId}',
});
