import { describe, expect, it } from '@jest/globals';
import { REQUEST_TIMEOUT_MS } from '#mixins/deadlines.middleware.ts';
import { limitsWithin, REQUEST_LIMITS, SERVICE_LIMITS } from './limits.ts';

describe('the limits of a call', () => {
  it.each([
    [4_500, 0, 4_000, 1_000],
    [4_500, 300, 4_000, 700],
    [4_000, 0, 4_000, 1_000],
    [3_999, 0, 3_599, 1_000],
    [1_000, 0, 900, 1_000],
    [1, 999.5, 1, 1],
    [-5, 2_000, 1, 1],
  ])('C7: with %d ms left, after waiting for %d ms', (leftMs, waitedMs, statementMs, lockMs) => {
    expect(limitsWithin(REQUEST_LIMITS, leftMs, waitedMs)).toEqual({ statementMs, lockMs });
  });

  it('C7: are those of the service if another service gives it more time', () => {
    expect(limitsWithin(SERVICE_LIMITS, 12_000)).toEqual(SERVICE_LIMITS);
    expect(limitsWithin(SERVICE_LIMITS, 5_000)).toEqual({ statementMs: 4_500, lockMs: 3_000 });
  });

  it('C7: are shorter than the caller waits, and that of a lock is shorter than that of a statement', () => {
    expect(REQUEST_LIMITS.statementMs).toBeLessThan(REQUEST_TIMEOUT_MS);
    for (const { statementMs, lockMs } of [REQUEST_LIMITS, SERVICE_LIMITS]) {
      expect(lockMs).toBeLessThan(statementMs);
    }
  });
});
