import { defineComparison, number, text } from '#schemas/comparison.ts';

export default defineComparison({
  name: 'closed_day',
  left: 'accounting',
  right: 'analytics',
  space: 'day',
  page: 400,
  key: [text('businessDay')],
  value: [
    number('fees'),
    number('rewards'),
    number('payouts'),
    number('totalPaid'),
    number('carriedOver'),
    number('entries'),
    text('head'),
  ],
  noun: 'close of {businessDay}',
});
