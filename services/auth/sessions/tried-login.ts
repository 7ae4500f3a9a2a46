/** The login of a refused sign-in. Its text may be a beak, a novel or control characters. Pure. */
import { createHmac, type KeyObject } from 'node:crypto';
import { truncate } from '#schemas/text.ts';

/** Of the digest that stands for a login in the log: half of it, which nobody meets twice by chance. */
const SHOWN_DIGITS = 32;

/** Stands for a login wherever attempts are counted. 32 bytes; without the key nobody can test which text it was. */
export function digestOfLogin(secret: KeyObject, login: string): Buffer {
  return createHmac('sha256', secret).update(login).digest();
}

/**
 * The login that the log keeps: the text only where an account has it (`known`), else its digest, which is the same for the same text.
 * No login has a colon.
 */
export function keptLogin(login: string, digest: Buffer, known: boolean): string {
  return known ? login : `hmac-sha256:${truncate(digest.toString('hex'), SHOWN_DIGITS)}`;
}
