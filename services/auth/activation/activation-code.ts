/** One-time codes with which the owner of an account sets its beak (AUTH-11). */
import { createHash, randomInt } from 'node:crypto';

/** `activation`: an admin gives it out. `recovery`: it is mailed to the owner. */
export type CodeKind = 'activation' | 'recovery';

/** How long a code can be redeemed, in milliseconds: 7 days, and an hour. */
export const CODE_MS: Readonly<Record<CodeKind, number>> = {
  activation: 7 * 24 * 60 * 60 * 1000,
  recovery: 60 * 60 * 1000,
};

/** Leaves out letters and digits that look alike. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
/** 20 characters out of 31 are 99 bits, too many for guessing. */
const GROUPS = 4;
const GROUP = 5;

/** Draws a code such as `k7m2x-…`. Only its hash is stored. */
export function drawCode(): string {
  const group = () => Array.from({ length: GROUP }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** The code as it was drawn: people type it with capitals and blanks, and without dashes. */
export const normalCode = (typed: string): string => typed.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** The stored form. The code has 99 random bits, so a plain hash is enough. */
export const hashOfCode = (typed: string): Buffer => createHash('sha256').update(normalCode(typed)).digest();
