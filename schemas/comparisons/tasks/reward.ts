import { defineComparison, text } from '#schemas/comparison.ts';

export default defineComparison({
  name: 'reward',
  left: 'tasks',
  right: 'accounting',
  space: 'uuid',
  page: 20_000,
  key: [text('taskId')],
  value: [text('employeeId')],
  noun: 'reward for the completion of task {taskId}',
  invariant: 'charged_and_paid_once',
});
