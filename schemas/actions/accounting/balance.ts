import { defineAction } from '#schemas/action.ts';
import { amount, currency, time } from '#schemas/answers.ts';
import { id, meOrId, optional } from '#schemas/params.ts';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * ACC-10. The balance of the books at that time. Refused with `validation_failed` (an invalid or
 * future time), `forbidden` or `not_found`.
 */
export default defineAction({
  action: 'accounting.balance',
  route: 'GET /accounting/accounts/:userId/balance',
  access: 'signed-in',
  summary: "Reads the balance of an account at a time in the past, or now; `me` is the caller's.",
  params: {
    userId: meOrId(),
    at: optional({
      type: 'string',
      pattern: INSTANT,
      expects: 'a time with its offset (ISO 8601)',
      example: '2026-03-31T12:30:00Z',
    }),
  },
  answer: {
    userId: id(),
    at: time(),
    currency: currency(),
    /** The sum of everything booked by that time. */
    balance: amount(),
  },
  problems: ['forbidden'],
});
