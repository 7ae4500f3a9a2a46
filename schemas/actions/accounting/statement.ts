import { defineAction } from '#schemas/action.ts';
import { businessDay, meOrId, optional, page } from '#schemas/params.ts';

/**
 * ACC-3, ACC-11: refused with `validation_failed` (a range that ends before it begins, or of more than 366 days), `forbidden` (another's
 * account, for who is neither accountant nor admin) or `not_found`. Amounts are signed for the owner.
 */
export default defineAction({
  action: 'accounting.statement',
  route: 'GET /accounting/accounts/:userId/statement',
  access: 'signed-in',
  status: 200,
  summary:
    "Lists the lines of an account, the newest first, each with the balance after it; one's own as `me`.",
  params: {
    $$strict: true,
    ...page,
    userId: meOrId(),
    from: optional(businessDay()),
    to: optional(businessDay()),
  },
  csv: [
    'id',
    'kind',
    'amount',
    'balanceAfter',
    'businessDay',
    'occurredAt',
    'postedAt',
    'reference.type',
    'reference.id',
    'reference.title',
    'reference.externalId',
    'note',
    'by.id',
    'by.name',
  ],
});
