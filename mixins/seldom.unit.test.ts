import { describe, expect, it } from '@jest/globals';
import { seldom } from './seldom.ts';

describe('what is logged seldom', () => {
  it('comes once a second, with the number left out', () => {
    const lines: string[] = [];
    let now = 0;
    const log = seldom(
      (line) => lines.push(line),
      () => now,
    );
    for (const at of [0, 1, 999, 1000, 1500, 2600]) {
      now = at;
      log(`at ${at}`);
    }
    expect(lines).toEqual([
      'at 0',
      'at 1000 (2 like it were not logged)',
      'at 2600 (1 like it were not logged)',
    ]);
  });
});
