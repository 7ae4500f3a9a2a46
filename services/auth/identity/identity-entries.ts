/** The entries of the bucket `identity`: what every node must learn at once (AUTH-4). */
import {
  type KnownUser,
  keyEntry,
  PUBLISHED_WITH,
  RETIRED_KEY,
  sessionEntry,
  TOKEN_MEMORY_MS,
  userEntry,
} from '#mixins/identity/access-token.ts';
import { type KnownService, REVOKED_SERVICE, serviceEntry } from '#mixins/identity/service-token.ts';
import type { StoredKey } from '../keys/signing-keys.ts';
import type { ServiceAccount } from '../service-accounts/service-account.ts';
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

/**
 * Nodes accept tokens that were signed with the key. The RSA key beside it is only published: it
 * signs nothing that nodes accept.
 */
export function entryOfKey({
  kid,
  publicJwk,
  idPublicJwk,
}: Pick<StoredKey, 'kid' | 'publicJwk' | 'idPublicJwk'>): IdentityEntry {
  const value = idPublicJwk === null ? publicJwk : { ...publicJwk, [PUBLISHED_WITH]: idPublicJwk };
  return { key: keyEntry(kid), value, version: 1, expiresInMs: null };
}

/**
 * Nodes refuse tokens of the key. The entry never expires: a bucket that lost its tail brings back
 * the public key, and a thief's tokens would be accepted again.
 */
export function entryOfRetiredKey(key: Pick<StoredKey, 'kid'>): IdentityEntry {
  return { key: keyEntry(key.kid), value: RETIRED_KEY, version: RETIRED_KEY.version, expiresInMs: null };
}

/**
 * Nodes accept the token with this secret. The entry never expires: the node compares the expiry in
 * it. So a bucket that lost its tail needs no exception.
 */
export function entryOfServiceAccount(
  { id, name, scopes, expiresAt }: ServiceAccount,
  secretHash: string,
): IdentityEntry {
  const value: KnownService = {
    version: 1,
    name,
    roles: scopes,
    expiresAt: expiresAt.getTime(),
    secretHash,
  };
  return { key: serviceEntry(id), value, version: value.version, expiresInMs: null };
}

/** Nodes refuse the token of the service account. The entry never expires, as of a retired key. */
export function entryOfRevokedService(id: string): IdentityEntry {
  return {
    key: serviceEntry(id),
    value: REVOKED_SERVICE,
    version: REVOKED_SERVICE.version,
    expiresInMs: null,
  };
}
