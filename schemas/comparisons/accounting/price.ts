import { defineComparison, number, text } from '#schemas/comparison.ts';

export default defineComparison({
  name: 'price',
  left: 'accounting',
  right: 'analytics',
  space: 'uuid',
  page: 20_000,
  key: [text('taskId')],
  value: [number('fee'), number('reward')],
  noun: 'price of task {taskId}',
});
