/**
 * Which key signs, and which keys are valid. A key is published when it is made. It signs from
 * `signsFrom`, when all nodes have it. The previous key is retired when its last token has expired.
 * A key is valid until it is retired.
 */
import type { JWK } from 'jose';
import { TOKEN_LIFE_MS } from '#mixins/identity/access-token.ts';

/**
 * How long a key is published before it signs, in milliseconds. Our nodes have it within 5 seconds.
 * Other applications cache jwks.json for some minutes (jose: 10).
 */
export const PUBLISHED_BEFORE_MS = 10 * 60_000;
/** A key that has signed for longer should be rotated, in milliseconds: a year. */
export const KEY_AGE_MS = 365 * 24 * 60 * 60_000;

/** How often a node records that it can open the signing key, in milliseconds. */
export const NOTED_EVERY_MS = 2_000;
/**
 * A key that no node has opened for this time is replaced, in milliseconds. A running node records
 * several openings in this time.
 */
export const ABANDONED_AFTER_MS = 10_000;

/**
 * ID tokens are signed with RSA: discovery must offer RS256, and many clients know nothing else.
 */
export const ID_TOKEN_ALGORITHM = 'RS256';

/** A row of the key table. */
export interface StoredKey {
  readonly kid: string;
  readonly publicJwk: JWK;
  /** The private half in plain text; null when it is sealed or deleted. */
  readonly privateJwk: JWK | null;
  /** The sealed private half; null when it is stored in plain text or deleted. */
  readonly privateJwe: string | null;
  /** The RSA key that signs ID tokens while this key signs; null in keys of earlier releases. */
  readonly idPublicJwk: JWK | null;
  /** Its sealed private half; null as above, or when it is deleted. */
  readonly idPrivateJwe: string | null;
  /** Null until the bucket is known to hold the key. */
  readonly signsFrom: Date | null;
  /** Null while the key is in use. */
  readonly retiredAt: Date | null;
  /** When a node last opened the private half; null when no node has recorded it. */
  readonly openedAt: Date | null;
}

/** `published`: valid, but signs later. `believed`: valid, but another key signs. */
export type KeyState = 'published' | 'signing' | 'believed' | 'retired';

const hasBegun = (key: StoredKey, now: Date): boolean => key.signsFrom !== null && key.signsFrom <= now;

/** The newest key that may sign at `now`; undefined when there is none. */
export function signingKeyAt<Key extends StoredKey>(keys: readonly Key[], now: Date): Key | undefined {
  return believedKeysAt(keys, now)
    .filter((key) => hasBegun(key, now))
    .sort((a, b) => (b.signsFrom?.getTime() ?? 0) - (a.signsFrom?.getTime() ?? 0))[0];
}

/**
 * The key whose RSA key signs ID tokens at `now`. Where the signing key is of an earlier release,
 * it is the one that takes over: clients read the keys anew when they meet an unknown key id.
 */
export function idTokenKeyAt<Key extends StoredKey>(keys: readonly Key[], now: Date): Key | undefined {
  return [signingKeyAt(keys, now), comingKeyAt(keys, now)].find((key) => key?.idPrivateJwe != null) as
    | Key
    | undefined;
}

/** The keys that verify tokens at `now`, including those that sign later. */
export function believedKeysAt<Key extends StoredKey>(keys: readonly Key[], now: Date): Key[] {
  return keys.filter((key) => key.retiredAt === null || key.retiredAt > now);
}

/** The key that a rotation is about to switch to; undefined when no rotation is under way. */
export function comingKeyAt<Key extends StoredKey>(keys: readonly Key[], now: Date): Key | undefined {
  return keys.find((key) => key.retiredAt === null && !hasBegun(key, now));
}

/**
 * When a node last opened a key, if that is recent enough for the node to be alive; null when
 * nobody can sign with the key.
 */
export function openedLately({ openedAt }: StoredKey, now: Date): Date | null {
  return openedAt !== null && now.getTime() - openedAt.getTime() < ABANDONED_AFTER_MS ? openedAt : null;
}

/** The state of a key at `now`, given all keys. */
export function stateOfKey(key: StoredKey, keys: readonly StoredKey[], now: Date): KeyState {
  if (key.retiredAt !== null && key.retiredAt <= now) return 'retired';
  if (signingKeyAt(keys, now)?.kid === key.kid) return 'signing';
  return hasBegun(key, now) ? 'believed' : 'published';
}

/**
 * How a new key takes over.
 *
 * - `overlap`: it is published first, and tokens of the earlier keys stay valid until they expire.
 * - `at-once`: it signs now, because no other key can. Issued tokens stay valid.
 * - `revoke`: it signs now, and issued tokens are refused.
 */
export type Takeover = 'overlap' | 'at-once' | 'revoke';

/**
 * When an earlier key is retired, if a new one takes over at `now`. Null means that this is set
 * when the new key is published.
 */
export function retirementOf(key: StoredKey, takeover: Takeover, now: Date): Date | null {
  // A key that has signed nothing can be retired at once.
  if (takeover === 'revoke' || (takeover === 'at-once' && !hasBegun(key, now))) return now;
  return takeover === 'at-once' ? lastTokenEnds(now) : null;
}

/** When the last token has expired that was signed before `next` took over. */
export function lastTokenEnds(next: Date): Date {
  return new Date(next.getTime() + TOKEN_LIFE_MS);
}

/** The steps of a rotation that are due. `isPut` says whether the bucket holds a key. */
export interface DueSteps {
  /** The key that was published: its `signsFrom` can be set now. */
  readonly begins: StoredKey | undefined;
  /** Retired keys: they leave the bucket, and their private halves are deleted. */
  readonly withdrawn: readonly StoredKey[];
}

/** All `keys` have a private half. */
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
