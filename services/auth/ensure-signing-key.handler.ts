/** Sees to it that there is a key which this node can sign with, and which is kept as it should be. */
import { ConfigError } from '../../config.ts';
import type { Cause } from '../../schemas/envelope.ts';
import type { Auth } from './context.ts';
import { opens } from './reseal-keys.handler.ts';
import { type Rotation, takeOver } from './rotate-keys.handler.ts';
import { type KeyRing, lockKeys, readKeys } from './signing-key.store.ts';
import { comingKeyAt, signingKeyAt, type Takeover } from './signing-keys.ts';

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
  if (!(await opens(auth.vault, signing))) {
    // Without KEY_SECRET, other nodes may have one: a key of ours would keep them from signing.
    if (auth.config.keySecret === null) {
      throw new ConfigError('KEY_SECRET', '', 'set as for the node that sealed the signing key');
    }
    return 'unreadable';
  }
  // It has been in backups as it is: it gives way to a sealed one.
  return signing.privateJwk !== null && comingKeyAt(keys, now) === undefined ? 'in plain' : null;
}
