/** What every node must know of a change at once (AUTH-4): entries of the bucket `identity`. */
import {
  ACCESS_TOKEN_SECONDS,
  CLOCK_TOLERANCE_SECONDS,
  type KnownUser,
  keyEntry,
  sessionEntry,
  userEntry,
} from '../../mixins/identity/access-token.ts';
import type { Session } from './session.ts';
import type { StoredKey } from './signing-keys.ts';
import type { User } from './user.ts';

/** No access token that was issued longer ago is alive, in milliseconds. */
export const TOKEN_MEMORY_MS = (ACCESS_TOKEN_SECONDS + 2 * CLOCK_TOLERANCE_SECONDS) * 1000;

export interface IdentityEntry {
  readonly key: string;
  readonly value: object;
  readonly version: number;
  /** When it may leave the bucket; null: never. */
  readonly expiresInMs: number | null;
}

export function entryOfUser(user: Pick<User, 'id' | 'tokenVersion' | 'active'>): IdentityEntry {
  const value: KnownUser = { version: user.tokenVersion, active: user.active };
  return { key: userEntry(user.id), value, version: user.tokenVersion, expiresInMs: null };
}

export function entryOfRevokedSession(session: Pick<Session, 'id'>): IdentityEntry {
  return {
    key: sessionEntry(session.id),
    value: { revoked: true },
    version: 1,
    expiresInMs: TOKEN_MEMORY_MS,
  };
}

export function entryOfKey(key: Pick<StoredKey, 'kid' | 'publicJwk'>): IdentityEntry {
  return { key: keyEntry(key.kid), value: key.publicJwk, version: 1, expiresInMs: null };
}
