/** Sessions and their refresh tokens: what a presented token may do. */
import { createHash } from 'node:crypto';

/** A session that is not refreshed for so long is over, in milliseconds: 30 days. */
export const REFRESH_TOKEN_MS = 30 * 24 * 60 * 60 * 1000;

/** Why a session ended before its time. */
export type RevocationReason =
  | 'signed_out'
  | 'refresh_token_reused'
  | 'deactivated'
  | 'beak_changed'
  /** A further sign-in went beyond `SESSION_LIMIT`. */
  | 'session_limit';
/** Why a sign-in was refused; the caller is not told. */
export type RefusalReason = 'unknown_login' | 'wrong_beak' | 'inactive';

/** Somebody's stay, from a sign-in on. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly revoked: boolean;
}

/** A refresh token as far as it decides. */
export interface RefreshToken {
  readonly used: boolean;
  readonly expired: boolean;
}

/** What happens to who presents a refresh token. */
export type UseOfToken = 'rotate' | 'expired' | 'ended' | 'reused';

/**
 * What presenting a refresh token means. A used one ends its session even when it has expired since: whoever has it
 * may have its successors. A second request at the same moment is no exception, as nobody can tell it from theft.
 */
export function useOfToken(token: RefreshToken, session: Session, userActive: boolean): UseOfToken {
  if (session.revoked || !userActive) return 'ended';
  if (token.used) return 'reused';
  return token.expired ? 'expired' : 'rotate';
}

/** Random bytes of a refresh token: it is opaque. */
export const REFRESH_TOKEN_BYTES = 32;

/** What is kept of a refresh token. It has 256 bits of chance: a plain hash is enough. */
export function hashRefreshToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
