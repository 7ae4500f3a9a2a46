import { defineAction } from '#schemas/action.ts';
import { amount, boolean, currency, list, string } from '#schemas/answers.ts';
import { id, optional, page, searchText, whole } from '#schemas/params.ts';

/** The orders of the list. People with the same balance are in the order of their names. */
export const ACCOUNT_SORTS = ['name', 'balance', '-balance'] as const;

/**
 * ACC-3, ACC-11. Everyone that accounting knows, with a balance of zero if nothing was ever posted.
 * `ownerKnown` is false if only postings have named the employee (ACC-10). Their balance is not
 * paid until auth's event about them arrives.
 */
export default defineAction({
  action: 'accounting.accounts',
  route: 'GET /accounting/accounts',
  access: ['accountant', 'admin'],
  summary:
    'Lists accounts by name or by balance, `-balance` beginning with the highest; `text` filters by name in any case; `below` is an amount in minor units. Owners with `ownerKnown: false` are not paid.',
  params: {
    ...page,
    sort: { type: 'enum', values: ACCOUNT_SORTS, default: 'name' },
    text: searchText,
    below: optional({ ...whole(Number.MIN_SAFE_INTEGER), convert: true }),
  },
  answer: {
    currency: currency(),
    ...list({ userId: id(), name: string(), balance: amount(), ownerKnown: boolean() }),
  },
  csv: ['userId', 'name', 'balance', 'ownerKnown', 'currency'],
});
