/** Sessions and refresh tokens: what a client may do with a token. */
import { createHash } from 'node:crypto';
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

/** The properties of a refresh token that decide about its use. */
export interface RefreshToken {
  readonly used: boolean;
  readonly expired: boolean;
}

/** The result of using a refresh token. */
export type UseOfToken = 'rotate' | 'expired' | 'ended' | 'reused';

/**
 * Decides what the use of a refresh token means. A used token ends its session even when it has
 * expired since: a thief may have its successors. A second request at the same moment is no
 * exception, because it looks the same as theft.
 */
export function useOfToken(token: RefreshToken, session: Session, userActive: boolean): UseOfToken {
  if (session.revoked || !userActive) return 'ended';
  if (token.used) return 'reused';
  return token.expired ? 'expired' : 'rotate';
}

/** The length of a refresh token, which is random and opaque. */
export const REFRESH_TOKEN_BYTES = 32;

/** The stored form of a refresh token. The token has 256 random bits, so a plain hash is enough. */
export function hashRefreshToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
