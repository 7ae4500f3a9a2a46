/** Shows the hash chain over the journal (ACC-8). */
import { type Database, lookUp } from '#mixins/database/database.ts';
import type { ActionAnswer } from '#schemas/action.ts';
import { MAX_UNSEALED, type default as sealAction } from '#schemas/actions/accounting/seal.ts';
import type sealBlockAction from '#schemas/actions/accounting/seal-block.ts';
import { Problem } from '#schemas/errors.ts';
import { readBlockView, readHeadView } from './seal-view.store.ts';

export async function showSeal(database: Database): Promise<ActionAnswer<typeof sealAction>> {
  const { sealedAt, ...head } = await readHeadView(database, MAX_UNSEALED);
  return { ...head, sealedAt: sealedAt?.toISOString() ?? null };
}

/** Throws `not_found`. */
export async function showBlock(
  database: Database,
  number: string,
): Promise<ActionAnswer<typeof sealBlockAction>> {
  const block = await lookUp(database, (reader) => readBlockView(reader, number));
  if (block === undefined) throw new Problem('not_found', `There is no block ${number}`);
  return { ...block, sealedAt: block.sealedAt.toISOString() };
}
