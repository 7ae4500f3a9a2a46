/**
 * Compares entries of the bucket `identity` with auth's tables (AUTH-4): anyone who can reach NATS
 * may have written there. Pure.
 */
import { isDeepStrictEqual } from 'node:util';
import { parseJson } from '#schemas/text.ts';

/** An entry that was read from the bucket. */
export interface HeldEntry {
  readonly key: string;
  /** 0 when the bucket has never had a value under the key. */
  readonly revision: number;
  /** Undefined where the entry was deleted or is missing. */
  readonly text: string | undefined;
  /** Whether the entry is gone without a marker, although nodes may have received a value. */
  readonly vanished?: boolean;
}

/** The row of a key in auth's table. */
export interface EntryRow {
  readonly key: string;
  readonly value: object;
  /** Whether the entry still has to be put into the bucket. */
  readonly pending: boolean;
  /** Whether the entry has expired, so that the bucket may have it or not. */
  readonly expired: boolean;
}

/**
 * - `right`: the entry is as it should be.
 * - `waiting`: the writer is about to put it.
 * - `foreign`: auth never wrote under this key, or has withdrawn the entry.
 * - `altered`: somebody changed or deleted what auth wrote.
 */
export type Verdict = 'right' | 'waiting' | 'foreign' | 'altered';

/**
 * Read `row` after the entry: auth commits a row before it puts the entry, and deletes the row
 * after it deletes the entry.
 */
export function judgeEntry({ text, vanished }: HeldEntry, row: EntryRow | undefined): Verdict {
  // A message that is purged from the stream does not reach the nodes. A foreign entry needs a
  // marker.
  if (row === undefined) return text === undefined && !vanished ? 'right' : 'foreign';
  if (text !== undefined && isDeepStrictEqual(parseJson(text), row.value)) return 'right';
  if (row.expired && text === undefined) return 'right';
  return row.pending ? 'waiting' : 'altered';
}

/**
 * Escapes a key for logs, events and terminals. A foreign writer chose its text, so everything
 * except printable ASCII is escaped: `\u{1b}`.
 */
export const shownKey = (key: string): string =>
  key.replaceAll(/[^\x21-\x7e]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
