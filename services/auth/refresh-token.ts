/** Refresh tokens: opaque, and kept as hashes. */
import { createHash } from 'node:crypto';

/** Random bytes of a refresh token. */
export const REFRESH_TOKEN_BYTES = 32;

/** What is kept of a refresh token. It has 256 bits of chance: a plain hash is enough. */
export function hashRefreshToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
