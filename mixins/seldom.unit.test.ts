import { describe, expect, it } from '@jest/globals';
import { seldom } from './seldom.ts';

function setting() {
  const lines: string[] = [];
  const clock = { now: 0 };
  return {
    lines,
    clock,
    log: seldom(
      (line) => lines.push(line),
      () => clock.now,
    ),
  };
}

describe('what is logged seldom', () => {
  it('G26: comes once, then every ten minutes with the number left out', () => {
    const { lines, clock, log } = setting();
    for (let second = 0; second <= 1_200; second++) {
      clock.now = second * 1_000;
      log(`away at port ${second}`);
    }
    expect(lines).toEqual([
      'away at port 0',
      'away at port 600 (599 like it were not logged)',
      'away at port 1200 (599 like it were not logged)',
    ]);
  });

  it('G26: comes once for each kind, of which there are few', () => {
    const { lines, log } = setting();
    for (const [n, kind] of ['a', 'b', 'a', 'b'].entries()) log(`request ${n} of ${kind}`, kind);
    expect(lines).toHaveLength(2);
    for (let n = 0; n < 100; n++) log('x'.repeat(n));
    expect(lines).toHaveLength(10);
  });

  it('G26: comes again after a calm minute', () => {
    const { lines, clock, log } = setting();
    log('away');
    clock.now = 59_999;
    log('away');
    clock.now = 120_000;
    log('away');
    expect(lines).toEqual(['away', 'away (1 like it were not logged)']);
  });
});
