/** Which beaks are too easy to guess (AUTH-1). Pure. */
import { dictionary } from '@zxcvbn-ts/language-common';
import { MIN_BEAK_LENGTH } from '../../schemas/accounts.ts';
import { Problem } from '../../schemas/errors.ts';

/** The 18,000 passwords used most that are long enough for a beak, in lower case. */
const COMMON: ReadonlySet<string> = new Set(
  dictionary['passwords-common'].filter((text) => text.length >= MIN_BEAK_LENGTH),
);
/** `11111111`, `abababab`, `020406020406`: one or two characters, or up to six digits, again and again. */
const REPEATED = /^(?:(.{1,2}?)\1+|(\d{3,6})\2+)$/su;

/** The words used most, which nobody makes a secret by digits, signs or spaces at their ends: `Password1!`, `Summer2024!`. */
const WORDS: ReadonlySet<string> = new Set(
  dictionary['passwords-common'].slice(0, 1_000).filter((text) => /^[a-z]{5,}$/.test(text)),
);
const ENDS = /^[\d\s\p{P}\p{S}]+|[\d\s\p{P}\p{S}]+$/gu;

/** How a beak and a login are compared: neither capitals nor the form of their characters count. */
const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

/** `abcdefgh`, `87654321`: each character follows, or precedes, the one before. */
function isRun(text: string): boolean {
  const points = [...text].map((character) => character.codePointAt(0) ?? 0);
  const step = (points[1] ?? 0) - (points[0] ?? 0);
  return Math.abs(step) === 1 && points.every((point, i) => i === 0 || point - (points[i - 1] ?? 0) === step);
}

/** Why a beak is refused for the account of this login; null where it is not. */
export function weaknessOf(beak: string, login: string): 'login' | 'common' | null {
  const text = folded(beak);
  if (text === folded(login)) return 'login';
  const isCommon =
    COMMON.has(text) || WORDS.has(text.replaceAll(ENDS, '')) || REPEATED.test(text) || isRun(text);
  return isCommon ? 'common' : null;
}

const MESSAGES = {
  login: 'The beak must differ from the login',
  common: 'The beak is one of those that are tried first: choose another one',
} as const;

/** Throws `validation_failed` for a beak that is too easy to guess. */
export function refuseWeakBeak(beak: string, login: string): void {
  const weakness = weaknessOf(beak, login);
  if (weakness === null) return;
  const code = weakness === 'login' ? 'equals_login' : 'common';
  throw new Problem('validation_failed', undefined, {
    errors: [{ field: 'beak', code, message: MESSAGES[weakness] }],
  });
}
