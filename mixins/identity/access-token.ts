/** What an access token says, and the keys of the bucket that says which tokens still hold. */
import type { JWTPayload } from 'jose';
import type { Actor } from './identity.ts';

/** Life of an access token in seconds; also the longest that a revocation must be remembered. */
export const ACCESS_TOKEN_SECONDS = 600;
/** How far the clocks of two nodes may be apart, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 5;
/** Every access token that was issued longer ago has expired, in milliseconds. */
export const TOKEN_MEMORY_MS = (ACCESS_TOKEN_SECONDS + 2 * CLOCK_TOLERANCE_SECONDS) * 1000;
/** Header `typ` of an access token (RFC 9068), so that no other JWT passes for one. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';
/**
 * The only algorithm; a list of what is allowed, as RFC 8725 wants it, and never the token's own
 * choice.
 */
export const ACCESS_TOKEN_ALGORITHM = 'EdDSA';
/**
 * Longest token that is looked at, in characters: 32 roles and a name of 200 characters fit three
 * times.
 */
export const MAX_TOKEN_LENGTH = 8192;

/** The claims of an access token that holds. */
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

/** What the bucket holds under `user.<id>`. */
export interface KnownUser {
  /** Tokens with a lower version are refused. */
  readonly version: number;
  readonly active: boolean;
}

/**
 * What the bucket holds under `key.<kid>` when a key is no longer believed: its public half
 * (version 1) gave way to this, for good.
 */
export interface RetiredKey {
  readonly version: number;
  readonly retired: true;
}
/** Newer than any public key. */
export const RETIRED_KEY: RetiredKey = { version: 2, retired: true };

/** Where the bucket holds a public key, or that it was retired. */
export const keyEntry = (kid: string) => `key.${kid}`;
/** Where the bucket holds a `KnownUser`. */
export const userEntry = (userId: string) => `user.${userId}`;
/** Where the bucket holds that a session was revoked. */
export const sessionEntry = (sessionId: string) => `session.${sessionId}`;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/**
 * The claims of a payload whose signature, issuer, audience and times hold; undefined where one is
 * missing or malformed.
 */
export function readClaims(payload: JWTPayload): AccessClaims | undefined {
  const { sub, sid, ver, login, name, roles, jti, iat, exp } = payload;
  if (!isText(sub) || !isText(sid) || !isText(login) || !isText(jti)) return undefined;
  if (typeof ver !== 'number' || !Number.isSafeInteger(ver) || ver < 1) return undefined;
  if (typeof name !== 'string') return undefined;
  if (!Array.isArray(roles) || !roles.every(isText)) return undefined;
  if (typeof iat !== 'number' || typeof exp !== 'number') return undefined;
  // A revocation is forgotten after the longest life of a token: one that lives longer would
  // outlive it.
  if (exp - iat > ACCESS_TOKEN_SECONDS) return undefined;
  return { sub, sid, ver, login, name, roles, jti, iat, exp };
}

/** The user that verified claims tell of. */
export function actorOfClaims({ sub: userId, sid: sessionId, login, name, roles }: AccessClaims): Actor {
  return { userId, login, name, roles, sessionId };
}
