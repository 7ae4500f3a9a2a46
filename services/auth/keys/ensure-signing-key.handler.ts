/** Makes sure that this node can sign with a key, and that the key is stored sealed. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cause } from '#schemas/envelope.ts';
import { ConfigError } from '../../../settings.ts';
import type { Auth } from '../context.ts';
import { opens } from './reseal-keys.handler.ts';
import { type Rotation, takeOver } from './rotate-keys.handler.ts';
import { type KeyRing, lockKeys, noteOpened, readKeys } from './signing-key.store.ts';
import { comingKeyAt, openedLately, signingKeyAt, type Takeover } from './signing-keys.ts';

/**
 * The time between two checks whether the nodes that can open the key still run, in milliseconds.
 */
const LOOK_MS = 1_000;
const SECRET = 'KEY_SECRET';

/** A key that had to be made, with the reason. */
export interface EnsuredKey extends Rotation {
  readonly reason: 'none' | 'unreadable' | 'in plain' | 'without a key for ID tokens';
}

/**
 * Other nodes can open the signing key, but this one cannot. If this node made its own key, the
 * others could not sign.
 */
class KeyInUseError extends ConfigError {
  /** When one of them last opened the key. */
  readonly openedAt: Date;

  constructor(openedAt: Date) {
    super(
      SECRET,
      '***',
      'that of the nodes of auth that are running: they sign with a key that this node cannot open',
    );
    this.name = 'KeyInUseError';
    this.openedAt = openedAt;
  }
}

/**
 * `ensureSigningKey` at the start of a node. Nodes with another KEY_SECRET may have ended a moment
 * ago, so this waits until the key counts as abandoned. Throws `KeyInUseError` when one of them
 * still runs.
 */
export async function takeUpSigningKey(auth: Auth, cause: Cause): Promise<EnsuredKey | null> {
  for (let first: Date | undefined; ; await delay(LOOK_MS)) {
    try {
      return await ensureSigningKey(auth, cause);
    } catch (error) {
      if (!(error instanceof KeyInUseError) || (first !== undefined && error.openedAt > first)) throw error;
      first ??= error.openedAt;
    }
  }
}

/**
 * Returns null when the signing key needs no replacement, and records that this node can open it.
 * Any number of nodes may do this at the same time: one makes the key. Throws `KeyInUseError` when
 * only other nodes can open the key.
 */
export async function ensureSigningKey(auth: Auth, cause: Cause): Promise<EnsuredKey | null> {
  // Checks before it draws a key, which would slow down every start of a node. The check under the
  // lock decides.
  const wanting = await auth.database.inTransaction(async (tx) => {
    const ring = await readKeys(tx);
    const reason = await whatIsWrong(auth, ring);
    if (reason === null) await noteOpened(tx, signingKeyAt(ring.keys, ring.now)?.kid ?? '');
    return reason;
  });
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

/** Without a usable key there is nothing to overlap with. */
const TAKEOVERS: Readonly<Record<EnsuredKey['reason'], Takeover>> = {
  none: 'at-once',
  unreadable: 'at-once',
  'in plain': 'overlap',
  'without a key for ID tokens': 'overlap',
};

async function whatIsWrong(auth: Auth, { keys, now }: KeyRing): Promise<EnsuredKey['reason'] | null> {
  const signing = signingKeyAt(keys, now);
  if (signing === undefined) return 'none';
  if (!(await opens(auth.vault, signing))) {
    // This node has no KEY_SECRET, but others may have one. A key of this node would keep them from
    // signing.
    if (auth.config.keySecret === null) {
      throw new ConfigError(SECRET, '', 'set as for the node that sealed the signing key');
    }
    const openedAt = openedLately(signing, now);
    if (openedAt !== null) throw new KeyInUseError(openedAt);
    return 'unreadable';
  }
  if (comingKeyAt(keys, now) !== undefined) return null;
  // Backups hold the key in plain text, so a sealed one replaces it.
  if (signing.privateJwk !== null) return 'in plain';
  return signing.idPrivateJwe === null ? 'without a key for ID tokens' : null;
}
