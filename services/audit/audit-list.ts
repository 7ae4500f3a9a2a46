/** The list of the log (AUD-1): what its params mean, its cursors, how large a page may be. */
import type { ActionParams } from '../../schemas/action.ts';
import type list from '../../schemas/actions/audit/list.ts';
import { Problem } from '../../schemas/errors.ts';
import type { AuditItem } from './record.ts';

export type AuditParams = ActionParams<typeof list>;

export interface AuditFilter {
  readonly type?: string | undefined;
  readonly subject?: string | undefined;
  readonly actor?: string | undefined;
  readonly from?: Date | undefined;
  /** Not in the range itself. */
  readonly before?: Date | undefined;
}

/** Throws `validation_failed` for a time that there never was, and for a range that ends before it begins. */
export function filterOf({ type, subject, actor, from, to }: AuditParams): AuditFilter {
  const begin = from === undefined ? undefined : parseTime('from', from);
  const end = to === undefined ? undefined : parseTime('to', to);
  if (begin !== undefined && end !== undefined && end < begin) {
    throw invalid('to', 'range', 'The range ends before it begins');
  }
  return { type, subject, actor, from: begin, before: end };
}

const DAY_LENGTH = 'YYYY-MM-DD'.length;

/** The contract lets through what looks like a time; there is no 31 June all the same. */
function parseTime(field: string, value: string): Date {
  const time = new Date(value);
  const date = value.slice(0, DAY_LENGTH);
  const day = new Date(date);
  const exists = !Number.isNaN(time.getTime()) && !Number.isNaN(day.getTime());
  if (!exists || day.toISOString().slice(0, DAY_LENGTH) !== date) {
    throw invalid(field, 'date', `There is no such time as ${value}`);
  }
  return time;
}

function invalid(field: string, code: string, message: string): Problem {
  return new Problem('validation_failed', message, { errors: [{ field, code, message }] });
}

/** A place in the list: it goes on behind it. */
export interface Place {
  readonly at: Date;
  readonly id: string;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function cursorAt({ at, id }: Pick<AuditItem, 'at' | 'id'>): string {
  return Buffer.from(JSON.stringify([Date.parse(at), id])).toString('base64url');
}

/** Throws `invalid_cursor` for anything that `cursorAt` did not make. */
export function placeOf(cursor: string): Place {
  const [at, id] = parseCursor(cursor);
  // Nothing is older than 1970, and PostgreSQL knows fewer years than JavaScript.
  const time = Number.isSafeInteger(at) && Number(at) >= 0 ? new Date(Number(at)) : undefined;
  if (time === undefined || Number.isNaN(time.getTime()) || typeof id !== 'string' || !UUID.test(id)) {
    throw new Problem('invalid_cursor');
  }
  return { at: time, id };
}

function parseCursor(cursor: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parsed) && parsed.length === 2 ? parsed : [];
  } catch (cause) {
    if (cause instanceof SyntaxError) return [];
    throw cause;
  }
}

export interface AuditPage {
  readonly items: readonly AuditItem[];
  readonly nextCursor: string | null;
}

/**
 * JSON of a page's items, in bytes: an answer between nodes must fit into a message of the broker (1 MiB), and two hundred events of
 * 64 KiB would not. A single item always does.
 */
export const MAX_PAGE_BYTES = 512 * 1024;

/** Makes a page of at most `limit` items, and of at most `MAX_PAGE_BYTES` but at least one, from items read one beyond it. */
export function pageOf(items: readonly AuditItem[], limit: number, maxBytes = MAX_PAGE_BYTES): AuditPage {
  let bytes = 0;
  let count = 0;
  for (const item of items.slice(0, limit)) {
    bytes += Buffer.byteLength(JSON.stringify(item));
    if (bytes > maxBytes && count > 0) break;
    count += 1;
  }
  const last = items[count - 1];
  return {
    items: items.slice(0, count),
    nextCursor: items.length > count && last !== undefined ? cursorAt(last) : null,
  };
}
