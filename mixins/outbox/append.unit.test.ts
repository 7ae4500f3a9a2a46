import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { validate, version } from 'uuid';
import { newEventIds } from './append.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('ids of events', () => {
  it('are unique UUIDs of version 7', () => {
    const ids = [...newEventIds(5_000), ...newEventIds(5_000)];
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
    expect(new Set(ids).size).toBe(10_000);
    expect(newEventIds(0)).toEqual([]);
  });

  it('contain the time at which they were made, in milliseconds', () => {
    const [before] = newEventIds(1);
    const later = Date.now() + 3_600_000;
    jest.spyOn(Date, 'now').mockReturnValue(later);
    const [id = ''] = newEventIds(1);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(later);
    expect(id > (before ?? '')).toBe(true);
  });

  it('increase within a millisecond, from call to call, and when the clock is set back', () => {
    const ids = newEventIds(1_000);
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
    ids.push(...newEventIds(1_000));
    clock.mockReturnValue(now - 60_000);
    ids.push(...newEventIds(1_000));
    clock.mockReturnValue(now + 1);
    ids.push(...newEventIds(1_000));
    expect(ids).toEqual(ids.toSorted());
  });

  it('differ at random between processes with the same counter', () => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 7_200_000);
    const tails = newEventIds(100).map((id) => id.slice(-10));
    expect(new Set(tails).size).toBe(100);
  });
});
