import { describe, expect, it } from '@jest/globals';
import { connectionsWithin, openFileLimit } from './open-files.client.ts';

describe('the connections of a process', () => {
  it.each([
    [10_000, 1_048_576, 10_000],
    [10_000, 10_500, 10_000],
    [10_000, 4_096, 3_596],
    [10_000, 1_024, 524],
    [10_000, 256, 128],
    [100, 1_024, 100],
    [10_000, null, 10_000],
  ])('E12: with %d wanted and %p open files, are %d', (wanted, files, expected) => {
    expect(connectionsWithin(wanted, files)).toBe(expected);
  });

  (process.platform === 'linux' ? it : it.skip)('E12: can be counted', () => {
    expect(openFileLimit()).toBeGreaterThan(100);
  });
});
