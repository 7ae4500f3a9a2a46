import { describe, expect, it } from '@jest/globals';
import { type EntryRow, judgeEntry, shownKey, type Verdict } from './held-entries.ts';

const row = (more: Partial<EntryRow> = {}): EntryRow => ({
  key: 'user.a',
  value: { version: 2, active: true },
  pending: false,
  expired: false,
  ...more,
});
const OURS = '{"active":true,"version":2}';

describe('an entry of the bucket', () => {
  it.each<[Verdict, string, string | undefined, EntryRow | undefined]>([
    ['right', 'holds what the table says, in any order of fields', OURS, row()],
    ['right', 'holds what is marked as waiting already', OURS, row({ pending: true })],
    ['right', 'is gone, and the table has nothing', undefined, undefined],
    ['right', 'is gone, as it has expired', undefined, row({ expired: true })],
    ['right', 'has expired, and is still there', OURS, row({ expired: true })],
    ['waiting', 'is missing and waits to be put', undefined, row({ pending: true })],
    [
      'waiting',
      'holds an older version, and the newer one waits',
      '{"version":1,"active":true}',
      row({ pending: true }),
    ],
    ['foreign', 'is nothing that the table has', OURS, undefined],
    ['foreign', 'is no JSON, and nothing that the table has', 'x', undefined],
    ['altered', 'holds a newer version than the table', '{"version":3,"active":true}', row()],
    ['altered', 'holds an older one', '{"version":1,"active":true}', row()],
    ['altered', 'holds more', '{"version":2,"active":true,"x":1}', row()],
    ['altered', 'is no JSON', 'x', row()],
    ['altered', 'is missing', undefined, row()],
  ])('F17: is %s where it %s', (verdict, _, text, found) => {
    expect(judgeEntry({ key: 'user.a', revision: 1, text }, found)).toBe(verdict);
  });
});

describe('the key of an entry in logs and events', () => {
  it('F17: contains no control sequence for terminals', () => {
    expect(shownKey('key.\u001b[2Jx\0\u202e😀')).toBe('key.\\u{1b}[2Jx\\u{0}\\u{202e}\\u{1f600}');
    expect(shownKey('user.9f-A_')).toBe('user.9f-A_');
  });
});

describe('an entry that disappeared without a marker and is not in the table', () => {
  it('F17: is foreign if nodes may have read it', () => {
    const gone = { key: 'key.x', revision: 0, text: undefined };
    expect(judgeEntry(gone, undefined)).toBe('right');
    expect(judgeEntry({ ...gone, vanished: true }, undefined)).toBe('foreign');
    expect(judgeEntry({ ...gone, vanished: true }, row())).toBe('altered');
  });
});
