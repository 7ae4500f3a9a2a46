import { defineAction } from '#schemas/action.ts';
import { statementLine } from '#schemas/answers/statement-line.ts';
import { currency, list } from '#schemas/answers.ts';
import { kind, LINE_COLUMNS } from '#schemas/fields/accounting.ts';
import { businessDay, meOrId, optional, page } from '#schemas/params.ts';

/**
 * ACC-3, ACC-11. Refused with `validation_failed` (a range that ends before it begins, or of more
 * than 366 days) or `not_found`. Refused with `forbidden` for another user's account, unless the
 * caller is an accountant or an admin. Amounts are signed for the owner.
 *
 * With `kind` a page may have fewer lines than `limit`, although there are more: each request looks
 * through a limited number of lines. `nextCursor` is null only after the last one.
 */
export default defineAction({
  action: 'accounting.statement',
  route: 'GET /accounting/accounts/:userId/statement',
  access: 'signed-in',
  summary:
    "Lists the lines of an account, newest first, each with the balance after it; `me` is the caller's. With `kind` a page may have fewer lines than `limit`, and others follow.",
  params: {
    ...page,
    userId: meOrId(),
    from: optional(businessDay()),
    to: optional(businessDay()),
    kind: optional(kind),
  },
  answer: { currency: currency(), ...list(statementLine) },
  problems: ['forbidden'],
  csv: ['id', ...LINE_COLUMNS],
});
