/** Deletes rows that are no longer needed. */
import type { Database } from '#mixins/database/database.ts';
import { deleteOldCodes } from './activation/activation-code.store.ts';
import { deleteOldGrants } from './oidc/grant.store.ts';
import { deleteOldRequests } from './recovery/recovery-request.store.ts';
import { deleteOldRefusals } from './sessions/refusal.store.ts';
import { deleteExpired } from './sessions/session.store.ts';

/** Rows of each kind that one pass deletes: this keeps the transaction short. */
const BATCH = 1_000;

type CleanUp = (database: Database) => Promise<number>;

type Kind = 'codes' | 'recoveries' | 'refusals' | 'grants' | 'sessions';

/**
 * One bounded pass over each kind, independent of the others. Each returns the number of deleted
 * rows.
 */
export const CLEAN_UPS: Readonly<Record<Kind, CleanUp>> = {
  codes: (database) => database.inTransaction((tx) => deleteOldCodes(tx, BATCH)),
  recoveries: (database) => database.inTransaction((tx) => deleteOldRequests(tx, BATCH)),
  refusals: (database) => database.inTransaction((tx) => deleteOldRefusals(tx, BATCH)),
  grants: (database) => database.inTransaction((tx) => deleteOldGrants(tx, BATCH)),
  sessions: (database) => database.inTransaction((tx) => deleteExpired(tx, BATCH)),
};
