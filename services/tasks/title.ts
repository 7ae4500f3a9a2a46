/** Parses the title of a task (TASK-1). */
import { hasVisible, lengthOf } from '#schemas/characters.ts';

/** Maximum code points of a title without its external id. */
export const MAX_TITLE_LENGTH = 200;
/** Maximum code points of an external id such as `POPUG-123`. */
export const MAX_EXTERNAL_ID_LENGTH = 64;

export type ParsedTitle =
  | { readonly kind: 'parsed'; readonly title: string; readonly externalId: string | null }
  | { readonly kind: 'refused'; readonly code: 'string_invisible' | 'string_max'; readonly message: string };

/** One bracket at the very start without brackets inside. The rest is the title. */
const PREFIXED = /^\[([^[\]]*)\](.*)$/s;

/**
 * Splits `[POPUG-123] Wash the cage`: the content of a bracket at the start is the external id, the
 * rest is the title. Both are trimmed.
 *
 * Other texts are titles without an id. Their bracket is never closed, has brackets inside, or is
 * blank or invisible. For example, `[ ] buy seeds` is a checkbox, not an id.
 *
 * A title without a visible character after its id is refused, and so is one that is too long.
 */
export function parseTitle(raw: string): ParsedTitle {
  const match = PREFIXED.exec(raw.trim());
  const id = match?.[1]?.trim() ?? '';
  const externalId = hasVisible(id) ? id : null;
  const title = externalId === null ? raw.trim() : (match?.[2] ?? '').trim();
  if (!hasVisible(title))
    return { kind: 'refused', code: 'string_invisible', message: 'The title has no visible character' };
  if (lengthOf(title) > MAX_TITLE_LENGTH) {
    return refusedAsTooLong(`The title has more than ${MAX_TITLE_LENGTH} characters`);
  }
  if (externalId !== null && lengthOf(externalId) > MAX_EXTERNAL_ID_LENGTH) {
    return refusedAsTooLong(`The external id has more than ${MAX_EXTERNAL_ID_LENGTH} characters`);
  }
  return { kind: 'parsed', title, externalId };
}

function refusedAsTooLong(message: string): ParsedTitle {
  return { kind: 'refused', code: 'string_max', message };
}
