/** How the title of a task arrives and what it is stored as (TASK-1). */
import { hasVisible, lengthOf } from '#schemas/characters.ts';

/** Code points of a title without its external id. */
export const MAX_TITLE_LENGTH = 200;
/** Code points of an external id such as `POPUG-123`. */
export const MAX_EXTERNAL_ID_LENGTH = 64;
/** Code points of a title as it arrives: both of the above, the brackets, and some blanks around them. */
export const MAX_RAW_TITLE_LENGTH = 300;
/** Code points of a description: at 4 bytes each it still leaves a third of an event's 64 KiB. */
export const MAX_DESCRIPTION_LENGTH = 10_000;

export type ParsedTitle =
  | { readonly kind: 'parsed'; readonly title: string; readonly externalId: string | null }
  | { readonly kind: 'refused'; readonly code: 'string_invisible' | 'string_max'; readonly message: string };

/** One bracket at the very start, no brackets within it; the rest of the line is the title. */
const PREFIXED = /^\[([^[\]]*)\](.*)$/s;

/**
 * Takes `[POPUG-123] Wash the cage` apart: what stands in one bracket at the start is the external id, the rest the title, both
 * trimmed. Everything else is a title as it is: a bracket that is never closed, one with brackets within, and a blank or invisible one (`[ ] buy
 * seeds` is a box to tick, not an id). A title without a visible character after its id, and anything too long, is refused.
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
