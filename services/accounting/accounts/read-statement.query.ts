/** Lists the lines of an account (ACC-3). */
import type { Database } from '#mixins/database/database.ts';
import type { Actor } from '#mixins/identity/identity.ts';
import { type Page, pageOf } from '#mixins/lists.ts';
import type { ActionParams } from '#schemas/action.ts';
import type statementAction from '#schemas/actions/accounting/statement.ts';
import { Problem } from '#schemas/errors.ts';
import { ownerAskedFor } from './ownership.ts';
import { isNamed, readLines } from './statement.store.ts';
import { dayRange, type StatementLine, statementPlace } from './statement.ts';

/** Throws `validation_failed`, `invalid_cursor`, `forbidden` or `not_found`. */
export async function readStatement(
  database: Database,
  actor: Actor,
  params: ActionParams<typeof statementAction>,
): Promise<Page<StatementLine>> {
  const range = dayRange(params.from, params.to);
  const place = params.cursor === undefined ? null : statementPlace(params.cursor);
  const userId = ownerAskedFor(actor, params.userId);
  // The caller exists, even if the copy of users does not contain them yet.
  if (userId !== actor.userId && !(await isNamed(database, userId))) throw new Problem('not_found');
  const rows = await readLines(database, userId, range, place, params.limit + 1);
  const page = pageOf(rows, params.limit, (row) => [row.businessDay, row.accountSequence]);
  return { ...page, items: page.items.map(({ accountSequence: _, ...line }) => line) };
}
