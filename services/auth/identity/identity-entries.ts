/** The entries of the bucket `identity`: what every node must learn at once (AUTH-4). */
import {
  type KnownUser,
  keyEntry,
  RETIRED_KEY,
  sessionEntry,
  TOKEN_MEMORY_MS,
  userEntry,
} from '#mixins/identity/access-token.ts';
import type { StoredKey } from '../keys/signing-keys.ts';
import type { Session } from '../sessions/session.ts';
import type { User } from '../users/user.ts';

/** An entry that the bucket must hold. */
export interface IdentityEntry {
  readonly key: string;
  readonly value: object;
  readonly version: number;
  /** The time after which the entry may leave the bucket; null when it stays for ever. */
  readonly expiresInMs: number | null;
}

/** Nodes refuse tokens with an older version, and all tokens of an inactive account. */
export function entryOfUser(user: Pick<User, 'id' | 'tokenVersion' | 'active'>): IdentityEntry {
  const value: KnownUser = { version: user.tokenVersion, active: user.active };
  return { key: userEntry(user.id), value, version: user.tokenVersion, expiresInMs: null };
}

/** Nodes refuse all tokens of the session. The entry expires when the last of them has expired. */
export function entryOfRevokedSession(session: Pick<Session, 'id'>): IdentityEntry {
  return {
    key: sessionEntry(session.id),
    value: { revoked: true },
    version: 1,
    expiresInMs: TOKEN_MEMORY_MS,
  };
}

/** Nodes accept tokens that were signed with the key. */
export function entryOfKey(key: Pick<StoredKey, 'kid' | 'publicJwk'>): IdentityEntry {
  return { key: keyEntry(key.kid), value: key.publicJwk, version: 1, expiresInMs: null };
}

/**
 * Nodes refuse tokens of the key. The entry never expires: a bucket that lost its tail brings back
 * the public key, and a thief's tokens would be accepted again.
 */
export function entryOfRetiredKey(key: Pick<StoredKey, 'kid'>): IdentityEntry {
  return { key: keyEntry(key.kid), value: RETIRED_KEY, version: RETIRED_KEY.version, expiresInMs: null };
}
