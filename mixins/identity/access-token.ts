/**
 * The claims of an access token, and the keys of the bucket that decides which tokens are valid.
 */
import type { JWTPayload } from 'jose';
import type { Actor } from './identity.ts';

/** Lifetime of an access token in seconds. */
export const ACCESS_TOKEN_SECONDS = 600;
/**
 * How long after their expiry our own nodes accept tokens while their owner is away, in seconds: 12
 * hours (AUTH-7).
 */
export const GRACE_SECONDS = 12 * 60 * 60;
/** How far the clocks of two nodes may be apart, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 5;
/** An access token that was issued longer ago has expired, in milliseconds. */
export const TOKEN_LIFE_MS = (ACCESS_TOKEN_SECONDS + 2 * CLOCK_TOLERANCE_SECONDS) * 1000;
/**
 * An access token that was issued longer ago is accepted by no node, in milliseconds. Revocations
 * are remembered as long.
 */
export const TOKEN_MEMORY_MS = TOKEN_LIFE_MS + GRACE_SECONDS * 1000;
/** Header `typ` of an access token (RFC 9068), so that no other JWT passes for one. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';
/** The only algorithm. RFC 8725 wants a fixed list, never the choice of the token. */
export const ACCESS_TOKEN_ALGORITHM = 'EdDSA';
/**
 * The longest accepted token, in characters. 32 roles and a name of 200 characters fit three times.
 */
export const MAX_TOKEN_LENGTH = 8192;

/** The claims of a valid access token. */
export interface AccessClaims {
  /** User id. */
  readonly sub: string;
  /** Session id. */
  readonly sid: string;
  /** The user's token version when it was issued. */
  readonly ver: number;
  readonly login: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly jti: string;
  /** Seconds since 1970. */
  readonly iat: number;
  readonly exp: number;
}

/** The bucket's value under `user.<id>`. */
export interface KnownUser {
  /** Tokens with a lower version are refused. */
  readonly version: number;
  readonly active: boolean;
}

/**
 * The bucket's value under `key.<kid>` once a key is no longer trusted. It replaces the public half
 * (version 1) for good.
 */
export interface RetiredKey {
  readonly version: number;
  readonly retired: true;
}
/** Newer than any public key. */
export const RETIRED_KEY: RetiredKey = { version: 2, retired: true };

/**
 * The member of a public key's entry with another public key, which is published as long as this
 * one. It verifies no access token.
 */
export const PUBLISHED_WITH = 'publishedWith';

/** The bucket's key for a public key, or for its retirement. */
export const keyEntry = (kid: string) => `key.${kid}`;
/** The bucket's key for a `KnownUser`. */
export const userEntry = (userId: string) => `user.${userId}`;
/** The bucket's key for a revoked session. */
export const sessionEntry = (sessionId: string) => `session.${sessionId}`;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/**
 * The claims of a payload whose signature, issuer, audience and times were verified. Undefined
 * where a claim is missing or malformed.
 */
export function readClaims(payload: JWTPayload): AccessClaims | undefined {
  const { sub, sid, ver, login, name, roles, jti, iat, exp } = payload;
  if (!isText(sub) || !isText(sid) || !isText(login) || !isText(jti)) return undefined;
  if (typeof ver !== 'number' || !Number.isSafeInteger(ver) || ver < 1) return undefined;
  if (typeof name !== 'string') return undefined;
  if (!Array.isArray(roles) || !roles.every(isText)) return undefined;
  if (typeof iat !== 'number' || typeof exp !== 'number') return undefined;
  // A revocation is forgotten after the longest lifetime of a token. A token that lives longer
  // would become valid again.
  if (exp - iat > ACCESS_TOKEN_SECONDS) return undefined;
  return { sub, sid, ver, login, name, roles, jti, iat, exp };
}

/** The user of verified claims. */
export function actorOfClaims({ sub: userId, sid: sessionId, login, name, roles }: AccessClaims): Actor {
  return { userId, login, name, roles, sessionId };
}
