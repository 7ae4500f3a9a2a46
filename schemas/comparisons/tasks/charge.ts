import { defineComparison, number, text } from '#schemas/comparison.ts';

export default defineComparison({
  name: 'charge',
  left: 'tasks',
  right: 'accounting',
  space: 'uuid',
  page: 20_000,
  key: [text('taskId'), number('version')],
  value: [text('employeeId')],
  noun: 'charge for the assignment of task {taskId} at version {version}',
  invariant: 'charged_and_paid_once',
});
