/** Deletes what nothing looks at any more. */
import type { Database } from '../../mixins/database/database.ts';
import { deleteOldRefusals } from './refusal.store.ts';
import { deleteExpired } from './session.store.ts';

/** Rows of each kind in one pass: a short transaction. */
const BATCH = 1_000;

/** One bounded pass; returns how many rows went. */
export async function cleanUpOnce(database: Database): Promise<number> {
  return database.inTransaction(
    async (tx) => (await deleteOldRefusals(tx, BATCH)) + (await deleteExpired(tx, BATCH)),
  );
}
