/** Lists names of accounts by id, for readers who may not see the accounts. */
import type { Database } from '#mixins/database/database.ts';
import { isId, type Page, pageOf, placeIn } from '#mixins/lists.ts';
import type { ActionItem, ActionParams } from '#schemas/action.ts';
import type names from '#schemas/actions/auth/names.ts';
import { readNames } from './user.store.ts';

/** Throws `invalid_cursor`. */
export async function listNames(
  database: Database,
  { ids, limit, cursor }: ActionParams<typeof names>,
): Promise<Page<ActionItem<typeof names>>> {
  const after = cursor === undefined ? null : placeIn(cursor, isId)[0];
  const wanted = ids?.split(',') ?? null;
  const rows = await readNames(database, { after, ids: wanted, limit: limit + 1 });
  return pageOf(rows, limit, ({ id }) => [id]);
}
