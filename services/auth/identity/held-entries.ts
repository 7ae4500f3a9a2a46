/** Holds entries of the bucket `identity` against auth's tables (AUTH-4): whoever can reach NATS may have written there. Pure. */
import { isDeepStrictEqual } from 'node:util';

/** An entry as the bucket has it. */
export interface HeldEntry {
  readonly key: string;
  /** 0: the bucket has had nothing under the key. */
  readonly revision: number;
  /** Undefined where the entry was deleted or is missing. */
  readonly text: string | undefined;
  /** Whether it is gone without a marker, and nodes may have heard of a value. */
  readonly vanished?: boolean;
}

/** What the table says of a key. */
export interface EntryRow {
  readonly key: string;
  readonly value: object;
  /** Waits to be put. */
  readonly pending: boolean;
  /** May leave the bucket, and may have left it. */
  readonly expired: boolean;
}

/**
 * `right`: as it should be. `waiting`: the writer will put it. `foreign`: auth never wrote under this key, or took it back. `altered`: somebody
 * changed or deleted what auth had written.
 */
export type Verdict = 'right' | 'waiting' | 'foreign' | 'altered';

/** `row` must have been read after the entry: auth commits a row before it puts the entry, and deletes it after the entry. */
export function judgeEntry({ text, vanished }: HeldEntry, row: EntryRow | undefined): Verdict {
  // Nodes do not hear that an entry was taken out of the stream: a foreign one needs a marker.
  if (row === undefined) return text === undefined && !vanished ? 'right' : 'foreign';
  if (text !== undefined && isDeepStrictEqual(parsed(text), row.value)) return 'right';
  if (row.expired && text === undefined) return 'right';
  return row.pending ? 'waiting' : 'altered';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A key as logs, events and terminals may hold it. Whoever wrote it chose its text, so all but printable ASCII is escaped: `\u{1b}`. */
export const shownKey = (key: string): string =>
  key.replaceAll(/[^\x21-\x7e]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
