import { describe, expect, it } from '@jest/globals';
import { encodeCursor } from '#mixins/lists.ts';
import type { Problem } from '#schemas/errors.ts';
import { loginOfCursor } from './list-users.query.ts';

function refusalOf(cursor: string): string | undefined {
  try {
    loginOfCursor(cursor);
  } catch (error) {
    return (error as Problem).type;
  }
  return undefined;
}

describe('a cursor of the list', () => {
  it('continues after the account that it was made from', () => {
    expect(loginOfCursor(encodeCursor(['polly.2_a-b']))).toBe('polly.2_a-b');
  });

  it('is refused if the list did not make it', () => {
    for (const cursor of ['', 'x', '!!!!', `${encodeCursor(['polly'])}=`, encodeCursor(['NO'])]) {
      expect(refusalOf(cursor)).toBe('invalid_cursor');
    }
  });
});
