import { defineComparison, number, text } from '#schemas/comparison.ts';

export default defineComparison({
  name: 'day',
  left: 'accounting',
  right: 'analytics',
  space: 'day',
  page: 400,
  key: [text('businessDay')],
  value: [number('fees'), number('rewards'), number('payouts'), number('totalPaid')],
  noun: 'figures of {businessDay}',
});
