/** Lists everyone's accounts, for accountants and admins (ACC-3). */
import type { Database } from '../../mixins/database/database.ts';
import type { ActionParams } from '../../schemas/action.ts';
import type accountsAction from '../../schemas/actions/accounting/accounts.ts';
import { type Page, pageOf, placeIn } from './cursor.ts';
import { type AccountItem, readAccounts } from './statement.store.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const isUserPlace = (name: string, id: unknown): id is string =>
  !name.includes('\0') && typeof id === 'string' && UUID.test(id);

/** Throws `invalid_cursor`. */
export async function listAccounts(
  database: Database,
  params: ActionParams<typeof accountsAction>,
): Promise<Page<AccountItem>> {
  const place = params.cursor === undefined ? null : placeIn(params.cursor, isUserPlace);
  const filter = { text: params.text ?? null, below: params.below ?? null };
  const rows = await readAccounts(database, filter, place, params.limit + 1);
  return pageOf(
    rows,
    params.limit,
    (row) => row,
    (row) => [row.name, row.userId],
  );
}
