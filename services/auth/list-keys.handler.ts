/** Shows operators the signing keys, without any key. */
import type { Database } from '../../mixins/database/database.ts';
import { entryOfKey } from './identity-entries.ts';
import { putKeys } from './identity-entry.store.ts';
import { readAllKeys } from './signing-key.store.ts';
import { type KeyState, stateOfKey } from './signing-keys.ts';

/** A key as operators see it. */
export interface KeyView {
  readonly kid: string;
  readonly state: KeyState;
  /** ISO 8601; null while it waits to be published. */
  readonly signsFrom: string | null;
  /** ISO 8601; null for a key without a successor. */
  readonly retiredAt: string | null;
  /** Whether the bucket holds what it has to hold of the key: nodes that reach NATS obey it. */
  readonly inForce: boolean;
}

/** All keys that there ever were, the oldest first. */
export async function listKeys(database: Database): Promise<KeyView[]> {
  return database.inTransaction(async (tx) => {
    const { keys, now } = await readAllKeys(tx);
    const put = await putKeys(
      tx,
      keys.map((key) => entryOfKey(key).key),
    );
    return keys.map((key) => ({
      kid: key.kid,
      state: stateOfKey(key, keys, now),
      signsFrom: key.signsFrom?.toISOString() ?? null,
      retiredAt: key.retiredAt?.toISOString() ?? null,
      inForce: put.has(entryOfKey(key).key),
    }));
  });
}
