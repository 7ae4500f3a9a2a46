import { describe, expect, it } from '@jest/globals';
import { newestOfEach } from './batch.ts';

const event = (subject: string, sequence: number) => ({ subject, sequence });

describe('newestOfEach', () => {
  it('keeps only the newest event of each aggregate', () => {
    const events = [event('a', 2), event('b', 1), event('a', 5), event('a', 3)];
    expect(newestOfEach(events)).toEqual([event('a', 5), event('b', 1)]);
  });
});
