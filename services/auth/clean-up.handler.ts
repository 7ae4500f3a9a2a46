/** Deletes what nothing looks at any more. */
import type { Database } from '#mixins/database/database.ts';
import { deleteOldRefusals } from './sessions/refusal.store.ts';
import { deleteExpired } from './sessions/session.store.ts';

/** Rows of each kind in one pass: a short transaction. */
const BATCH = 1_000;

type CleanUp = (database: Database) => Promise<number>;

/** One bounded pass over each kind, independent of the others. Each returns how many rows went. */
export const CLEAN_UPS: Readonly<Record<'refusals' | 'sessions', CleanUp>> = {
  refusals: (database) => database.inTransaction((tx) => deleteOldRefusals(tx, BATCH)),
  sessions: (database) => database.inTransaction((tx) => deleteExpired(tx, BATCH)),
};
