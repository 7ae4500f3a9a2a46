/** Sees to it that there is a key which this node can sign with, and which is kept as it should be. */
import type { Cause } from '../../schemas/envelope.ts';
import type { Auth } from './context.ts';
import { KeyUnreadableError } from './key-vault.client.ts';
import { type Rotation, takeOver } from './rotate-keys.handler.ts';
import { type KeyRing, lockKeys, readKeys } from './signing-key.store.ts';
import { comingKeyAt, type StoredKey, signingKeyAt, type Takeover } from './signing-keys.ts';

/** Where a key had to be made: why, and which. */
export interface EnsuredKey extends Rotation {
  readonly reason: 'none' | 'unreadable' | 'in plain';
}

/** Returns null where the key that signs is as it should be. Any number of nodes may do this at the same time: one makes the key. */
export async function ensureSigningKey(auth: Auth, cause: Cause): Promise<EnsuredKey | null> {
  // Looked at before a key is drawn, which every start of a node would pay for otherwise; the lock decides.
  const wanting = await auth.database.inTransaction(async (tx) => whatIsWrong(auth, await readKeys(tx)));
  if (wanting === null) return null;
  const made = await auth.vault.make();
  return auth.database.inTransaction(async (tx) => {
    await lockKeys(tx);
    const ring = await readKeys(tx);
    const reason = await whatIsWrong(auth, ring);
    if (reason === null) return null;
    return { ...(await takeOver(auth, tx, ring, made, TAKEOVERS[reason], cause)), reason };
  });
}

/** Where nothing can sign there is nothing to overlap with. */
const TAKEOVERS: Readonly<Record<EnsuredKey['reason'], Takeover>> = {
  none: 'at-once',
  unreadable: 'at-once',
  'in plain': 'overlap',
};

async function whatIsWrong(auth: Auth, { keys, now }: KeyRing): Promise<EnsuredKey['reason'] | null> {
  const signing = signingKeyAt(keys, now);
  if (signing === undefined) return 'none';
  if (!(await isReadable(auth, signing))) return 'unreadable';
  // It has been in backups as it is: it gives way to a sealed one.
  return signing.privateJwk !== null && auth.vault.seals && comingKeyAt(keys, now) === undefined
    ? 'in plain'
    : null;
}

function isReadable(auth: Auth, key: StoredKey): Promise<boolean> {
  return auth.vault.open(key).then(
    () => true,
    (error: unknown) => {
      if (error instanceof KeyUnreadableError) return false;
      throw error;
    },
  );
}
