/** The message of an error, JSON that may be malformed, and truncation. Pure. */

/** The message of an error, for a log or an answer; its name when the message is empty. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

/** Parses JSON. Returns undefined for text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Malformed, or nested deeper than the stack allows.
    return undefined;
  }
}

/**
 * The first `max` code points of a text (0 or more), or the whole text when it has no more. Never
 * splits a code point, such as an emoji. The result is well-formed: U+FFFD replaces each lone
 * surrogate, so that the text can be stored and encoded as UTF-8.
 */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text.toWellFormed();
  let end = 0;
  for (let left = max; left > 0 && end < text.length; left -= 1) {
    end += isPairAt(text, end) ? 2 : 1;
  }
  return text.slice(0, end).toWellFormed();
}

/** Only the two halves of a surrogate pair form a code point above U+FFFF. */
function isPairAt(text: string, index: number): boolean {
  return (text.codePointAt(index) ?? 0) > 0xffff;
}
