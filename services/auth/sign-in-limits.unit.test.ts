import { describe, expect, it } from '@jest/globals';
import { secondsToWait } from './sign-in-limits.ts';

describe('fewer refusals than the limit', () => {
  it('let the next attempt be made now', () => {
    expect(secondsToWait({ count: 0, oldestAgeMs: null }, 10)).toBe(0);
    expect(secondsToWait({ count: 9, oldestAgeMs: 1 }, 10)).toBe(0);
  });
});

describe('as many refusals as the limit', () => {
  it('make the next attempt wait until the oldest of them is a minute old', () => {
    expect(secondsToWait({ count: 10, oldestAgeMs: 0 }, 10)).toBe(60);
    expect(secondsToWait({ count: 10, oldestAgeMs: 58_500 }, 10)).toBe(2);
    expect(secondsToWait({ count: 10, oldestAgeMs: 59_999 }, 10)).toBe(1);
  });

  it('never say that there is nothing to wait for', () => {
    expect(secondsToWait({ count: 10, oldestAgeMs: 60_001 }, 10)).toBe(1);
  });
});
