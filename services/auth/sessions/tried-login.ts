/**
 * The login of a refused sign-in. Its text may be a beak, very long, or control characters. Pure.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { truncate } from '#schemas/text.ts';

/**
 * How much of the digest the log shows in place of a login: half, which is enough against
 * collisions.
 */
const SHOWN_DIGITS = 32;

/**
 * Replaces a login where attempts are counted. Returns 32 bytes. Without the key nobody can test a
 * guess of the text.
 */
export function digestOfLogin(secret: KeyObject, login: string): Buffer {
  return createHmac('sha256', secret).update(login).digest();
}

/**
 * The login for the log: the text when an account has it (`known`), otherwise its digest, which is
 * the same for the same text. Logins have no colon, so the two can't be confused.
 */
export function keptLogin(login: string, digest: Buffer, known: boolean): string {
  return known ? login : `hmac-sha256:${truncate(digest.toString('hex'), SHOWN_DIGITS)}`;
}
