/** The allowed characters of texts and secrets, and the way to count length. Pure. */

/** C0 and C1 controls, and lone surrogates, which UTF-8 cannot encode. PostgreSQL refuses NUL. */
const CONTROLS = /[\p{Cc}\p{Cs}]/u;
const CONTROLS_BUT_LINES = /(?![\t\n\r])[\p{Cc}\p{Cs}]/u;
/** These display a text in another order than it is stored in, or break a line. */
const MISLEADING = /[\p{Bidi_Control}\u2028\u2029]/u;
/**
 * Visible letters, digits, punctuation or symbols. Some characters are blank in spite of their
 * category: Hangul fillers (default ignorable), the empty Braille pattern, blank hieroglyphs, the
 * null notehead and the object replacement character.
 */
const VISIBLE =
  /(?![\p{Default_Ignorable_Code_Point}\u2800\uFFFC\u{13441}\u{13442}\u{1D159}])[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * Trims blanks at both ends. A text with a line separator stays unchanged, because it is refused
 * anyway.
 */
export const trimmedLine = (text: string): string => (/[\u2028\u2029]/.test(text) ? text : text.trim());

const BETWEEN_WORDS = /[\s\p{Cc}\p{Cs}\p{Bidi_Control}]+/gu;

/**
 * Turns external text into one line: single spaces replace blanks, controls and characters that
 * change the direction.
 */
export const inOneLine = (text: string): string => text.replace(BETWEEN_WORDS, ' ').trim();

/** The length in code points, as PostgreSQL and JSON Schema count it. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** Whether a reader can see any character of the text. */
export const hasVisible = (text: string): boolean => VISIBLE.test(text);

/** The error of a text. `code` is fastest-validator's if it has one. */
export interface TextFault {
  readonly code: 'stringMin' | 'stringMax' | 'stringPattern' | 'stringInvisible';
  readonly message: string;
}

/**
 * The error of one line, such as a title, a name or a reason, of `min` to `max` code points; null
 * if it is valid.
 */
export function faultOfLine(text: string, min: number, max: number): TextFault | null {
  if (CONTROLS.test(text)) return fault('stringPattern', 'must have no control characters or line breaks');
  if (MISLEADING.test(text)) {
    return fault('stringPattern', 'must have no characters that change the direction or end the line');
  }
  return faultOfLength(text, min, max) ?? faultOfSight(text, min);
}

/** The same for a text of several lines, which may be empty and of any direction. */
export function faultOfText(text: string, min: number, max: number): TextFault | null {
  if (CONTROLS_BUT_LINES.test(text)) {
    return fault('stringPattern', 'must have no control characters but tabs and line breaks');
  }
  return faultOfLength(text, min, max);
}

function faultOfLength(text: string, min: number, max: number): TextFault | null {
  const length = lengthOf(text);
  if (length < min) return fault('stringMin', `must have at least ${charactersOf(min)}`);
  return length > max ? fault('stringMax', `must have at most ${charactersOf(max)}`) : null;
}

const charactersOf = (count: number): string => `${count} ${count === 1 ? 'character' : 'characters'}`;

function faultOfSight(text: string, min: number): TextFault | null {
  return min > 0 && !hasVisible(text) ? fault('stringInvisible', 'must have a visible character') : null;
}

const fault = (code: TextFault['code'], message: string): TextFault => ({ code, message });

/** All space characters except the ASCII space. */
const OTHER_SPACES = /(?! )\p{Zs}/gu;
/**
 * Controls, lone surrogates, unassigned code points and invisible characters. RFC 8265 also refuses
 * joiners and variation selectors outside of some scripts. They are allowed here, because they are
 * part of many emoji.
 */
const REFUSED_IN_SECRETS =
  /[\p{Cc}\p{Cs}\p{Cn}]|(?!\u200C|\u200D|[\uFE00-\uFE0F])\p{Default_Ignorable_Code_Point}/u;

/**
 * The form in which secrets are compared (OpaqueString of RFC 8265), so that the same secret can be
 * typed on another device. Every space is an ASCII space, and the characters are composed (NFC).
 */
export function opaqueForm(text: string): string {
  return text.replaceAll(OTHER_SPACES, ' ').normalize('NFC');
}

/** Whether a new secret may have these characters. */
export const isOpaque = (text: string): boolean => !REFUSED_IN_SECRETS.test(text);
