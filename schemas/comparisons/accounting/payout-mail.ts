import { defineComparison, number, text } from '#schemas/comparison.ts';

export default defineComparison({
  name: 'payout_mail',
  left: 'accounting',
  right: 'mailer',
  space: 'uuid',
  page: 10_000,
  key: [text('employeeId'), text('businessDay')],
  value: [number('amount')],
  noun: 'mail about the payout to {employeeId} for {businessDay}',
});
