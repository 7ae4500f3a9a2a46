import { describe, expect, it } from '@jest/globals';
import { type Pass, Progress } from './progress.ts';

const MINUTE = 60_000;

/**
 * The state at `now`, after passes that end at these times. Each began a millisecond before its
 * end. A string is an error.
 */
function stateAfter(passes: readonly (readonly [at: number, came: Pass | string])[], now: number) {
  const progress = new Progress();
  for (const [at, came] of passes) {
    progress.begins(at - 1);
    if (typeof came === 'string') progress.failed(came, at);
    else progress.ended(came, at);
  }
  return progress.state(now);
}

describe('a loop', () => {
  it('A2: without work is idle, for any time', () => {
    expect(stateAfter([[1, false]], 10 * MINUTE)).toEqual({ is: 'idle' });
  });

  it('A2: that makes progress is working', () => {
    expect(stateAfter([[1, true]], 2)).toEqual({ is: 'working' });
  });

  it.each([
    ['fails', 'away'],
    ['is blocked', { blocked: 'away' }],
  ])('A2: that %s is waiting at first, and stalled after a minute', (_, came) => {
    const passes = [
      [1, true],
      [11, came],
      [30_000, came],
    ] as const;
    expect(stateAfter(passes, 30_001)).toEqual({ is: 'waiting', reason: 'away', ms: 29_991 });
    expect(stateAfter(passes, 10 + MINUTE)).toEqual({ is: 'stalled', reason: 'away', ms: MINUTE });
  });

  it('A2: reports why its last pass made no progress', () => {
    const passes = [
      [1, 'first'],
      [2, { blocked: 'second' }],
    ] as const;
    expect(stateAfter(passes, MINUTE)).toMatchObject({ is: 'stalled', reason: 'second', ms: MINUTE });
  });

  it.each([[true], [false]])('A2: is no longer stalled after a pass with the result %s', (came) => {
    const passes = [
      [1, 'away'],
      [MINUTE, 'away'],
      [MINUTE + 1, came],
      [MINUTE + 2, 'away'],
    ] as const;
    expect(stateAfter(passes, MINUTE + 3)).toMatchObject({ is: 'waiting' });
  });

  it('A2: with a pass that does not end is stalled, unless passes may take as long', () => {
    const [short, long] = [new Progress(), new Progress(30 * MINUTE)];
    for (const progress of [short, long]) {
      progress.ended(true, 0);
      progress.begins(1);
    }
    expect(short.state(MINUTE)).toEqual({ is: 'working' });
    expect(short.state(MINUTE + 2)).toEqual({ is: 'stalled', reason: 'A pass does not end', ms: MINUTE + 1 });
    expect(long.state(29 * MINUTE)).toEqual({ is: 'working' });
    expect(long.state(31 * MINUTE)).toMatchObject({ is: 'stalled' });
  });
});
