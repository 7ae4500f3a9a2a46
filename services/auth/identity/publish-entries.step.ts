/** Publishes entries of the bucket `identity` with the change that they are about. */
import type { Tx } from '#mixins/database/database.ts';
import type { Auth } from '../context.ts';
import type { IdentityEntry } from './identity-entries.ts';
import { saveEntries } from './identity-entry.store.ts';

/** Queues entries for the bucket. This node obeys them right after the commit. */
export async function publishEntries(auth: Auth, tx: Tx, entries: readonly IdentityEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await saveEntries(tx, entries);
  tx.afterCommit(() => auth.announce(entries));
}
