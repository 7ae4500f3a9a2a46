import { describe, expect, it } from '@jest/globals';
import type { Actor } from '#mixins/identity/identity.ts';
import { pageOf } from '#mixins/lists.ts';
import { ownerAskedFor } from './ownership.ts';
import { dayRange, statementPlace } from './statement.ts';

const pip: Actor = {
  userId: '0192f000-0000-7000-8000-000000000001',
  login: 'pip',
  name: 'Pip',
  roles: ['developer', 'manager', 'boss'],
  sessionId: '0192f000-0000-7000-8000-0000000000ff',
};
const JAY = '0192f000-0000-7000-8000-00000000000a';

describe('the owner of a requested account', () => {
  it("is the caller, for me or the caller's id", () => {
    expect(ownerAskedFor(pip, 'me')).toBe(pip.userId);
    expect(ownerAskedFor(pip, pip.userId.toUpperCase())).toBe(pip.userId);
  });

  it('ACC-3: may not be another user, whatever other roles the caller has', () => {
    expect(() => ownerAskedFor(pip, JAY)).toThrow(expect.objectContaining({ type: 'forbidden', code: 403 }));
  });

  it.each(['accountant', 'admin'])('ACC-3: may be anyone for the role %s', (role) => {
    expect(ownerAskedFor({ ...pip, roles: ['developer', role] }, JAY)).toBe(JAY);
  });
});

describe('the range of a statement', () => {
  it('may be open at either end', () => {
    expect(dayRange(undefined, undefined)).toEqual({ from: null, to: null });
    expect(dayRange('2026-01-01', undefined)).toEqual({ from: '2026-01-01', to: null });
  });

  it('has at most 366 days, both ends included', () => {
    expect(dayRange('2024-01-01', '2024-12-31')).toEqual({ from: '2024-01-01', to: '2024-12-31' });
    expect(() => dayRange('2024-01-01', '2025-01-01')).toThrow(
      expect.objectContaining({
        type: 'validation_failed',
        data: { errors: [expect.objectContaining({ field: 'to' })] },
      }),
    );
  });

  it('does not end before it begins', () => {
    expect(() => dayRange('2024-01-02', '2024-01-01')).toThrow(
      expect.objectContaining({ type: 'validation_failed', code: 422 }),
    );
  });

  it('names each field that is not a day', () => {
    expect(() => dayRange('2024-02-30', '2024-13-01')).toThrow(
      expect.objectContaining({
        data: {
          errors: [
            expect.objectContaining({ field: 'from', code: 'date' }),
            expect.objectContaining({ field: 'to', code: 'date' }),
          ],
        },
      }),
    );
  });
});

describe('a cursor', () => {
  const rows = [3, 2, 1].map((sequence) => ({ day: '2026-01-01', sequence }));
  const page = pageOf(rows, 2, ({ day, sequence }) => [day, sequence]);

  it('gives the position where the page ended', () => {
    expect(page.items.map(({ sequence }) => sequence)).toEqual([3, 2]);
    expect(statementPlace(page.nextCursor ?? '')).toEqual(['2026-01-01', 2]);
  });

  it('is null on the last page', () => {
    expect(pageOf(rows, 3, () => ['', 0]).nextCursor).toBeNull();
  });

  it.each([
    'x',
    '%%%',
    btoa('{}'),
    btoa('["2026-01-01"]'),
    btoa('["2026-02-30",1]'),
    btoa('["2026-01-01","1"]'),
    btoa('["2026-01-01",0]'),
    btoa('["2026-01-01",1.5]'),
    btoa('["2026-01-01",1,2]'),
  ])('of another form is refused: %s', (cursor) => {
    expect(() => statementPlace(cursor)).toThrow(
      expect.objectContaining({ type: 'invalid_cursor', code: 400 }),
    );
  });
});
