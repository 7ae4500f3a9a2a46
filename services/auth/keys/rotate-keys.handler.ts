/** An operator replaces the signing key (AUTH-1). */
import type { Tx } from '#mixins/database/database.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { Cause } from '#schemas/envelope.ts';
import type { Auth } from '../context.ts';
import { entryOfKey, entryOfRetiredKey } from '../identity/identity-entries.ts';
import { publishEntries } from '../identity/publish-entries.step.ts';
import { signingKeyRotatedEvent } from '../users/user-events.ts';
import type { NewKey } from './key-vault.client.ts';
import { insertKey, type KeyRing, lockKeys, readKeys, retireKeys, wipeKeys } from './signing-key.store.ts';
import { believedKeysAt, comingKeyAt, retirementOf, type StoredKey, type Takeover } from './signing-keys.ts';

/** A rotation that has begun. */
export interface Rotation {
  /** The key that takes over. */
  readonly kid: string;
  /** The keys that were valid before. */
  readonly previousKids: readonly string[];
  /** Whether this call began it; false when it was already under way. */
  readonly begun: boolean;
}

/**
 * Makes a key that takes over: after an overlap that nobody notices, or at once, with all issued
 * tokens refused.
 *
 * If a rotation with an overlap is under way, this returns it. A revocation supersedes it. A crash
 * leaves the rotation either begun or not; `turnKeysOnce` of any node completes it.
 */
export async function rotateKeys(
  auth: Auth,
  takeover: Extract<Takeover, 'overlap' | 'revoke'>,
  cause: Cause,
): Promise<Rotation> {
  const made = await auth.vault.make();
  return auth.database.inTransaction(async (tx) => {
    await lockKeys(tx);
    const ring = await readKeys(tx);
    const coming = comingKeyAt(ring.keys, ring.now);
    if (takeover === 'overlap' && coming !== undefined) {
      const others = believedKeysAt(ring.keys, ring.now).filter(({ kid }) => kid !== coming.kid);
      return { kid: coming.kid, previousKids: others.map(({ kid }) => kid), begun: false };
    }
    return takeOver(auth, tx, ring, made, takeover, cause);
  });
}

/** Makes a new key take over, in a transaction that holds the lock under which `ring` was read. */
export async function takeOver(
  auth: Auth,
  tx: Tx,
  { keys, now }: KeyRing,
  made: NewKey,
  takeover: Takeover,
  cause: Cause,
): Promise<Rotation> {
  const previous = believedKeysAt(keys, now);
  const previousKids = previous.map(({ kid }) => kid);
  const number = await insertKey(tx, { ...made, signsFrom: takeover === 'overlap' ? null : now });
  const refused: StoredKey[] = [];
  for (const key of previous) {
    const at = retirementOf(key, takeover, now);
    if (at === null) continue;
    await retireKeys(tx, [key.kid], at);
    if (at <= now) refused.push(key);
  }
  await publishEntries(auth, tx, [entryOfKey(made)]);
  await withdraw(auth, tx, refused);
  const rotation = { kid: made.kid, previousKids, revoked: takeover === 'revoke' };
  await appendEvents(tx, [signingKeyRotatedEvent(auth.config.namespace, number, rotation, cause)]);
  return { kid: made.kid, previousKids, begun: true };
}

/** Withdraws retired keys from the bucket and deletes their private halves. */
export async function withdraw(auth: Auth, tx: Tx, keys: readonly StoredKey[]): Promise<void> {
  if (keys.length === 0) return;
  await wipeKeys(
    tx,
    keys.map(({ kid }) => kid),
  );
  await publishEntries(auth, tx, keys.map(entryOfRetiredKey));
}
