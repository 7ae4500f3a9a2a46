/** Which beaks are too easy to guess (AUTH-1). Pure. */
import { dictionary } from '@zxcvbn-ts/language-common';
import { opaqueForm } from '#schemas/characters.ts';
import { invalidField } from '#schemas/errors.ts';
import { MIN_BEAK_LENGTH } from '#schemas/fields/auth.ts';

/** The 18,000 passwords used most that are long enough for a beak, in lower case. */
const COMMON: ReadonlySet<string> = new Set(
  dictionary['passwords-common'].filter((text) => text.length >= MIN_BEAK_LENGTH),
);
/** The thousand most used passwords: they are weak even when written twice. */
const MOST_COMMON: ReadonlySet<string> = new Set(dictionary['passwords-common'].slice(0, 1_000));
/**
 * The words among them, which stay weak with digits, signs or spaces at their ends: `Password1!`,
 * `Summer2024!`.
 */
const WORDS: ReadonlySet<string> = new Set([...MOST_COMMON].filter((text) => /^[a-z]{5,}$/.test(text)));
const BEFORE = /^[\d\s\p{P}\p{S}]+/u;
const BEHIND = /[\d\s\p{P}\p{S}]+$/u;

/** Signs and digits that replace letters: `p@ssw0rd`. A one replaces an i or an l. */
const LETTERS: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '8': 'b',
  '(': 'c',
  '3': 'e',
  '6': 'g',
  '9': 'g',
  '!': 'i',
  '|': 'l',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
  '+': 't',
  '2': 'z',
};
/** A beak needs this many characters when repetitions count once: `aaaaaaab` has too few. */
const MIN_CHANGES = 4;

/** The form in which beaks and logins are compared: case and Unicode form do not matter. */
const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

/** The text, and the words that it spells when signs replace letters. */
function spellingsOf(text: string): string[] {
  const spelled = (one: string) =>
    [...text].map((sign) => (sign === '1' ? one : (LETTERS[sign] ?? sign))).join('');
  return [text, spelled('i'), spelled('l')];
}

/**
 * The text without digits, signs and spaces at its ends; also without those at one end only,
 * because they may replace letters at the other (`@dmin123`).
 */
function coresOf(text: string): string[] {
  const behind = text.replace(BEHIND, '');
  return [text, behind, text.replace(BEFORE, ''), behind.replace(BEFORE, '')];
}

const isWord = (text: string): boolean =>
  coresOf(text)
    .flatMap(spellingsOf)
    .some((each) => WORDS.has(each));

/** `abcdefgh`, `87654321`: each character follows or precedes the one before. */
function isRun(text: string): boolean {
  const points = [...text].map((character) => character.codePointAt(0) ?? 0);
  const step = (points[1] ?? 0) - (points[0] ?? 0);
  return Math.abs(step) === 1 && points.every((point, i) => i === 0 || point - (points[i - 1] ?? 0) === step);
}

/** `11111111`, `aaaaaaab`, `abababab`. */
function isMonotonous(text: string): boolean {
  return [...text.replaceAll(/(.)\1+/gsu, '$1')].length < MIN_CHANGES || /^(..)\1+$/su.test(text);
}

/**
 * `123123123`, `020406020406`, `abcabcabc`: repetitions of up to six digits or of a run.
 * `qwertyqwerty`: a common word twice.
 */
function isRepeated(text: string): boolean {
  const unit = /^(.{3,}?)\1+$/su.exec(text)?.[1];
  if (unit === undefined) return false;
  if (/^\d{3,6}$/.test(unit) || isRun(unit)) return true;
  return text.length === 2 * unit.length && (MOST_COMMON.has(unit) || isWord(unit));
}

/** Whether attackers try this text early. `text` is folded. */
function isCommon(text: string): boolean {
  if (isMonotonous(text) || isRun(text) || isWord(text)) return true;
  if (spellingsOf(text).some((each) => COMMON.has(each))) return true;
  return coresOf(text).flatMap(spellingsOf).some(isRepeated);
}

/** Why a beak is refused for the account of this login; null when it is accepted. */
export function weaknessOf(beak: string, login: string): 'login' | 'common' | null {
  const text = folded(beak);
  if (text === folded(login)) return 'login';
  return isCommon(text) ? 'common' : null;
}

const MESSAGES = {
  login: 'The beak must differ from the login',
  common: 'The beak is easy to guess: choose another one',
} as const;

/**
 * Throws `validation_failed` for a beak that is too easy to guess. `field` is where it was given.
 */
export function refuseWeakBeak(beak: string, login: string, field = 'beak'): void {
  const weakness = weaknessOf(beak, login);
  if (weakness === null) return;
  const code = weakness === 'login' ? 'equals_login' : 'common';
  throw invalidField({ field, code, message: MESSAGES[weakness] });
}

/** Throws `validation_failed` for a new beak that is the current one, which may be in any form. */
export function refuseSameBeak(next: string, current: string, field: string): void {
  if (next !== opaqueForm(current)) return;
  throw invalidField({ field, code: 'unchanged', message: 'The new beak must differ from the current one' });
}
