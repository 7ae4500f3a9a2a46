/** What every node must know of a change at once (AUTH-4): entries of the bucket `identity`. */
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

/** What the bucket has to hold. */
export interface IdentityEntry {
  readonly key: string;
  readonly value: object;
  readonly version: number;
  /** When it may leave the bucket; null: never. */
  readonly expiresInMs: number | null;
}

/** Tokens with an older version are refused, and all of an account that is not active. */
export function entryOfUser(user: Pick<User, 'id' | 'tokenVersion' | 'active'>): IdentityEntry {
  const value: KnownUser = { version: user.tokenVersion, active: user.active };
  return { key: userEntry(user.id), value, version: user.tokenVersion, expiresInMs: null };
}

/** Tokens of the session are refused; forgotten when all of them have expired. */
export function entryOfRevokedSession(session: Pick<Session, 'id'>): IdentityEntry {
  return {
    key: sessionEntry(session.id),
    value: { revoked: true },
    version: 1,
    expiresInMs: TOKEN_MEMORY_MS,
  };
}

/** Tokens of the key are believed. */
export function entryOfKey(key: Pick<StoredKey, 'kid' | 'publicJwk'>): IdentityEntry {
  return { key: keyEntry(key.kid), value: key.publicJwk, version: 1, expiresInMs: null };
}

/** Tokens of the key are refused. It stays: a bucket that lost its tail brings back the key, and whoever stole it would be believed again. */
export function entryOfRetiredKey(key: Pick<StoredKey, 'kid'>): IdentityEntry {
  return { key: keyEntry(key.kid), value: RETIRED_KEY, version: RETIRED_KEY.version, expiresInMs: null };
}
