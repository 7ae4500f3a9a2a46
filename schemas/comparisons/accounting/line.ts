import { defineComparison, number, text } from '#schemas/comparison.ts';

export default defineComparison({
  name: 'line',
  left: 'accounting',
  right: 'analytics',
  space: 'line',
  page: 20_000,
  key: [text('ownerType'), text('ownerId'), text('businessDay'), number('sequence')],
  value: [text('entryId'), text('kind'), number('amount'), number('balanceAfter'), text('referenceId')],
  noun: 'line {sequence} of {ownerType} {ownerId} on {businessDay}',
});
