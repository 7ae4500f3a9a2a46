/** Sessions and refresh tokens: what a client may do with a token. */
import { createHash, createHmac, type KeyObject } from 'node:crypto';
import type { RequestMeta } from '#schemas/action.ts';

/** A session ends when it was not refreshed for this time, in milliseconds: 30 days. */
export const REFRESH_TOKEN_MS = 30 * 24 * 60 * 60 * 1000;

/** Why a session ended before its time. */
export type RevocationReason =
  | 'signed_out'
  | 'refresh_token_reused'
  | 'deactivated'
  | 'beak_changed'
  /** A further sign-in went beyond `SESSION_LIMIT`. */
  | 'session_limit'
  /** The account itself or an admin ended it; the event's actor says who. */
  | 'ended';
/** Why a sign-in was refused. The caller does not learn it. */
export type RefusalReason = 'unknown_login' | 'wrong_beak' | 'inactive' | 'wrong_code';

/** Where a session is used. */
export interface Device {
  /** The client's address; null for a caller without one. */
  readonly address: string | null;
  /** The client as it names itself (`User-Agent`). */
  readonly userAgent: string | null;
  /** The application that the person signs in to; undefined for our own clients. */
  readonly client?: string;
}

export const deviceOf = ({ address, userAgent }: RequestMeta): Device => ({
  address: address ?? null,
  userAgent: userAgent ?? null,
});

/** A session lasts from a sign-in until it expires or is revoked. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly revoked: boolean;
}

/**
 * How long a used refresh token may be used again, in milliseconds: 20 seconds. The answer to its
 * first use may have been lost, and a second tab may have sent it at the same time.
 */
export const REPEAT_MS = 20_000;

/** The properties of a refresh token that decide about its use. */
export interface RefreshToken {
  readonly used: boolean;
  /** Whether it was used within the last `REPEAT_MS`. */
  readonly usedJustNow: boolean;
  readonly expired: boolean;
}

/** The result of using a refresh token. */
export type UseOfToken = 'rotate' | 'repeat' | 'expired' | 'ended' | 'reused';

/**
 * Decides what the use of a refresh token means. A used token ends its session even when it has
 * expired since: a thief may have its successors. Shortly after its first use it gives the same
 * successor again. A thief who has the token could use it in this time as well, and is noticed as
 * soon as both go on with the successor.
 */
export function useOfToken(token: RefreshToken, session: Session, userActive: boolean): UseOfToken {
  if (session.revoked || !userActive) return 'ended';
  if (token.used) return token.usedJustNow ? 'repeat' : 'reused';
  return token.expired ? 'expired' : 'rotate';
}

/** The length of a refresh token, which is opaque. */
export const REFRESH_TOKEN_BYTES = 32;

/**
 * The token that replaces a token. It is the same each time, although only hashes are stored.
 * Without the key nobody can derive it.
 */
export function successorOf(secret: KeyObject, token: string): string {
  return createHmac('sha256', secret).update(token).digest('base64url');
}

/** The stored form of a refresh token. The token has 256 random bits, so a plain hash is enough. */
export function hashRefreshToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
