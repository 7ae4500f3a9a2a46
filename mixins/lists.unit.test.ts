import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor, escapeLike, isId, pageOf, timeIn } from './lists.ts';

const invalid = expect.objectContaining({ type: 'invalid_cursor' });

describe('a cursor', () => {
  it('gives the place that it was made from', () => {
    const part = fc.oneof(fc.string(), fc.integer(), fc.constant(null));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (place) => {
        expect(decodeCursor(encodeCursor(place))).toEqual(place);
      }),
    );
  });

  it('is refused if no list made it', () => {
    const made = encodeCursor(['a', 1]);
    const spaced = Buffer.from('["a", 1]').toString('base64url');
    for (const cursor of ['', 'x', '!!!!', `${made}=`, ` ${made}`, spaced, encodeCursor({} as never)]) {
      expect(() => decodeCursor(cursor)).toThrow(invalid);
    }
    fc.assert(
      fc.property(fc.string(), (cursor) => {
        try {
          expect(encodeCursor(decodeCursor(cursor) as never)).toBe(cursor);
        } catch (error) {
          expect(error).toEqual(invalid);
        }
      }),
    );
  });
});

describe('a page', () => {
  const page = (rows: readonly number[]) => pageOf(rows, 2, (row) => [row]);

  it('has a next page if a row beyond it was read', () => {
    expect(page([1, 2, 3])).toEqual({ items: [1, 2], nextCursor: encodeCursor([2]) });
  });

  it('is the last one otherwise', () => {
    expect(page([1, 2])).toEqual({ items: [1, 2], nextCursor: null });
    expect(page([])).toEqual({ items: [], nextCursor: null });
  });
});

describe('a search text', () => {
  it('has no wildcards', () => {
    expect(escapeLike('100%_\\o/')).toBe('100\\%\\_\\\\o/');
  });
});

describe('an id', () => {
  it('is a UUID in lower case', () => {
    expect(isId('0192f000-0000-7000-8000-00000000000a')).toBe(true);
    expect(isId('0192F000-0000-7000-8000-00000000000A')).toBe(false);
    expect(isId('0192f000-0000-7000-8000-00000000000a\n')).toBe(false);
    expect(isId(null)).toBe(false);
  });
});

describe('a time in a param', () => {
  it('is a time, or the midnight of a day in UTC', () => {
    expect(timeIn('from', '2026-01-02T03:04:05+01:00')).toEqual(new Date('2026-01-02T02:04:05Z'));
    expect(timeIn('from', '2026-01-02')).toEqual(new Date('2026-01-02T00:00:00Z'));
  });

  it.each(['2026-06-31', '2026-13-01', '0000-01-01', '2026-02-29T00:00:00Z', 'x'])(
    'is refused if it never existed: %s',
    (value) => {
      expect(() => timeIn('from', value)).toThrow(
        expect.objectContaining({
          type: 'validation_failed',
          data: { errors: [expect.objectContaining({ field: 'from', code: 'date' })] },
        }),
      );
    },
  );
});
