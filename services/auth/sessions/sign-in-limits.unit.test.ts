import { describe, expect, it } from '@jest/globals';
import { HOUR_MS, minuteOf, secondsToGuess, secondsToWait, type Usage } from './sign-in-limits.ts';

const ten = minuteOf(10);
const usage = (count: number, oldestAgeMs: number | null, newestAgeMs = oldestAgeMs): Usage => ({
  count,
  oldestAgeMs,
  newestAgeMs,
});
const none = usage(0, null);

describe('fewer attempts than the limit', () => {
  it('allow the next attempt now', () => {
    expect(secondsToWait(none, ten)).toBe(0);
    expect(secondsToWait(usage(9, 1), ten)).toBe(0);
  });
});

describe('as many attempts as the limit', () => {
  it('delay the next attempt until the oldest of them is a minute old', () => {
    expect(secondsToWait(usage(10, 0), ten)).toBe(60);
    expect(secondsToWait(usage(10, 58_500), ten)).toBe(2);
    expect(secondsToWait(usage(10, 59_999), ten)).toBe(1);
  });

  it('never give a wait of zero', () => {
    expect(secondsToWait(usage(10, 60_001), ten)).toBe(1);
  });
});

describe('wrong guesses at an account within an hour', () => {
  it('E14: are at most a hundred', () => {
    expect(secondsToGuess(none, usage(99, HOUR_MS - 1, 60_000), 10)).toBe(0);
    expect(secondsToGuess(none, usage(100, HOUR_MS - 90_000, 60_000), 10)).toBe(90);
  });

  it.each([
    [9, 0],
    [10, 1],
    [19, 1],
    [20, 2],
    [30, 4],
    [60, 32],
    [70, 60],
    [99, 60],
  ])('E14: after %i of them the next one waits %i seconds', (count, pause) => {
    expect(secondsToGuess(none, usage(count, HOUR_MS - 1, 0), 10)).toBe(pause);
    expect(secondsToGuess(none, usage(count, HOUR_MS - 1, pause * 1000), 10)).toBe(0);
  });

  it('E14: are at most ten times those of a minute, for any limit', () => {
    expect(secondsToGuess(none, usage(29, HOUR_MS - 1, 60_000), 3)).toBe(0);
    expect(secondsToGuess(none, usage(30, HOUR_MS - 5_000, 60_000), 3)).toBe(5);
  });
});
