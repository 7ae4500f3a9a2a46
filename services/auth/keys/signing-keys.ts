/**
 * Which key signs, and which are believed. A key is published when it is made, signs from `signsFrom` (later than everybody may know it), and
 * the key before it is retired when its last token has expired. A key that is not retired is believed.
 */
import type { JWK } from 'jose';
import { TOKEN_MEMORY_MS } from '#mixins/identity/access-token.ts';

/**
 * How long a key is published before it signs, in milliseconds. Our nodes know it within 5 seconds; other applications keep what they read of
 * jwks.json for some minutes (jose: 10).
 */
export const PUBLISHED_BEFORE_MS = 10 * 60_000;
/** A key that has signed for longer should be rotated, in milliseconds: a year. */
export const KEY_AGE_MS = 365 * 24 * 60 * 60_000;

/** How often a node notes that it can open the key that signs, in milliseconds. */
export const NOTED_EVERY_MS = 2_000;
/**
 * A key that no node has opened for so long gives way, in milliseconds: a node that lives notes it
 * several times meanwhile.
 */
export const ABANDONED_AFTER_MS = 10_000;

/** A key as the table has it. */
export interface StoredKey {
  readonly kid: string;
  readonly publicJwk: JWK;
  /** In plain; null where it is sealed, or wiped. */
  readonly privateJwk: JWK | null;
  /** Sealed; null where it is kept in plain, or wiped. */
  readonly privateJwe: string | null;
  /** Null while it is not known whether the bucket holds it. */
  readonly signsFrom: Date | null;
  /** Null for a key that is in use. */
  readonly retiredAt: Date | null;
  /** When a node last could open the private half; null where none has noted it. */
  readonly openedAt: Date | null;
}

/** `published`: believed, but signs later. `believed`: another one signs. */
export type KeyState = 'published' | 'signing' | 'believed' | 'retired';

const hasBegun = (key: StoredKey, now: Date): boolean => key.signsFrom !== null && key.signsFrom <= now;

/** The newest key that may sign at `now`; undefined where there is none. */
export function signingKeyAt<Key extends StoredKey>(keys: readonly Key[], now: Date): Key | undefined {
  return believedKeysAt(keys, now)
    .filter((key) => hasBegun(key, now))
    .sort((a, b) => (b.signsFrom?.getTime() ?? 0) - (a.signsFrom?.getTime() ?? 0))[0];
}

/** The keys with which tokens may be verified at `now`, those that sign later among them. */
export function believedKeysAt<Key extends StoredKey>(keys: readonly Key[], now: Date): Key[] {
  return keys.filter((key) => key.retiredAt === null || key.retiredAt > now);
}

/** The key that is on its way to take over; undefined where no rotation is under way. */
export function comingKeyAt<Key extends StoredKey>(keys: readonly Key[], now: Date): Key | undefined {
  return keys.find((key) => key.retiredAt === null && !hasBegun(key, now));
}

/**
 * When a node last could open a key, if that is so recent that the node may live; null where nobody
 * can sign with the key.
 */
export function openedLately({ openedAt }: StoredKey, now: Date): Date | null {
  return openedAt !== null && now.getTime() - openedAt.getTime() < ABANDONED_AFTER_MS ? openedAt : null;
}

/** What a key is for at `now`, among all keys. */
export function stateOfKey(key: StoredKey, keys: readonly StoredKey[], now: Date): KeyState {
  if (key.retiredAt !== null && key.retiredAt <= now) return 'retired';
  if (signingKeyAt(keys, now)?.kid === key.kid) return 'signing';
  return hasBegun(key, now) ? 'believed' : 'published';
}

/**
 * How another key takes over. `overlap`: it is published first, and tokens of the keys before hold until they expire. `at-once`: it signs now, as
 * no other one can; tokens already issued hold. `revoke`: it signs now, and tokens already issued are refused.
 */
export type Takeover = 'overlap' | 'at-once' | 'revoke';

/** When a key before is retired, if another one takes over at `now`; null: that is known when the new one is published. */
export function retirementOf(key: StoredKey, takeover: Takeover, now: Date): Date | null {
  // What has signed nothing yet need not be believed any longer.
  if (takeover === 'revoke' || (takeover === 'at-once' && !hasBegun(key, now))) return now;
  return takeover === 'at-once' ? lastTokenEnds(now) : null;
}

/** When the last token has expired that was signed before `next` took over. */
export function lastTokenEnds(next: Date): Date {
  return new Date(next.getTime() + TOKEN_MEMORY_MS);
}

/** What has to be done by now with keys that a rotation has left, as far as `isPut` says that the bucket holds them. */
export interface DueSteps {
  /** Is known everywhere soon: its time to sign can be set. */
  readonly begins: StoredKey | undefined;
  /** Are believed no more: they leave the bucket, and their private halves go. */
  readonly withdrawn: readonly StoredKey[];
}

/** `keys` have a private half each. */
export function dueStepsAt(
  keys: readonly StoredKey[],
  now: Date,
  isPut: (key: StoredKey) => boolean,
): DueSteps {
  return {
    begins: keys.find((key) => key.signsFrom === null && key.retiredAt === null && isPut(key)),
    withdrawn: keys.filter((key) => key.retiredAt !== null && key.retiredAt <= now),
  };
}
