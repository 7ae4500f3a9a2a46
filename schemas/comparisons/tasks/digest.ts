import { defineComparison, number, text } from '#schemas/comparison.ts';

export default defineComparison({
  name: 'digest',
  left: 'tasks',
  right: 'mailer',
  space: 'person',
  page: 100,
  key: [text('shuffleId'), text('employeeId')],
  value: [number('tasksDrawn')],
  noun: 'mail to {employeeId} about shuffle {shuffleId}',
});
