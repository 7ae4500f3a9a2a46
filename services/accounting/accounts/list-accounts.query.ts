/** Lists everyone's accounts, for accountants and admins (ACC-3). */
import type { Database } from '#mixins/database/database.ts';
import { isId, type Page, pageOf, placeIn } from '#mixins/lists.ts';
import type { ActionParams } from '#schemas/action.ts';
import type accountsAction from '#schemas/actions/accounting/accounts.ts';
import { type AccountItem, readAccounts } from './statement.store.ts';

const isName = (name: unknown): name is string => typeof name === 'string' && !name.includes('\0');

/** Throws `invalid_cursor`. */
export async function listAccounts(
  database: Database,
  params: ActionParams<typeof accountsAction>,
): Promise<Page<AccountItem>> {
  const place = params.cursor === undefined ? null : placeIn(params.cursor, isName, isId);
  const filter = { text: params.text ?? null, below: params.below ?? null };
  const rows = await readAccounts(database, filter, place, params.limit + 1);
  return pageOf(rows, params.limit, ({ name, userId }) => [name, userId]);
}
