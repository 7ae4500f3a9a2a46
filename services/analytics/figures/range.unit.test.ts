import { describe, expect, it } from '@jest/globals';
import type { Calendar } from '#mixins/calendar.ts';
import { checkDay } from '#mixins/day-range.ts';
import type { Problem } from '#schemas/errors.ts';
import { dayRange, todayOf } from './range.ts';

const utc: Calendar = { timeZone: 'UTC', closeAt: '00:00' };
const evening: Calendar = { timeZone: 'Europe/Berlin', closeAt: '18:30' };
const now = new Date('2026-03-10T12:00:00Z');
const TODAY = '2026-03-10';

function errorsOf(from: string | undefined, to: string | undefined) {
  try {
    dayRange(from, to, TODAY);
  } catch (error) {
    return (error as Problem).data.errors?.map(({ field, code }) => [field, code]);
  }
  return null;
}

describe('today', () => {
  it('ANA-1: is the day of the calendar if nothing happened', () => {
    expect(todayOf({ now, closed: null, newest: null }, utc)).toBe('2026-03-10');
    expect(todayOf({ now: new Date('2026-03-10T17:45:00Z'), closed: null, newest: null }, evening)).toBe(
      '2026-03-11',
    );
  });

  it('ANA-1: is the next day as soon as a day was closed early', () => {
    expect(todayOf({ now, closed: '2026-03-10', newest: '2026-03-10' }, utc)).toBe('2026-03-11');
  });

  it('is the day on which operations are booked, even before the calendar reaches it', () => {
    expect(todayOf({ now, closed: null, newest: '2026-03-11' }, utc)).toBe('2026-03-11');
  });

  it('follows the calendar while accounting is down', () => {
    expect(todayOf({ now, closed: '2026-03-07', newest: '2026-03-08' }, utc)).toBe('2026-03-10');
  });
});

describe('a range of days', () => {
  it('is the last 30 days up to today by default', () => {
    expect(dayRange(undefined, undefined, TODAY)).toEqual({ from: '2026-02-09', to: TODAY });
  });

  it('ends today if only its beginning is given, and has 30 days if only its end is given', () => {
    expect(dayRange('2026-01-01', undefined, TODAY)).toEqual({ from: '2026-01-01', to: TODAY });
    expect(dayRange(undefined, '2026-01-30', TODAY)).toEqual({ from: '2026-01-01', to: '2026-01-30' });
    expect(dayRange('2026-04-01', undefined, TODAY)).toEqual({ from: '2026-04-01', to: '2026-04-01' });
  });

  it('has at most 366 days', () => {
    expect(errorsOf('2025-03-10', TODAY)).toBeNull();
    expect(errorsOf('2025-03-09', TODAY)).toEqual([['to', 'range']]);
    expect(errorsOf('2025-03-09', undefined)).toEqual([['from', 'range']]);
  });

  it('names its invalid fields', () => {
    expect(errorsOf('2026-03-11', TODAY)).toEqual([['to', 'range']]);
    expect(errorsOf('2026-02-30', '2026-13-01')).toEqual([
      ['from', 'date'],
      ['to', 'date'],
    ]);
  });
});

describe('a day', () => {
  it('must be in the calendar', () => {
    expect(checkDay('day', '2024-02-29')).toBe('2024-02-29');
    expect(() => checkDay('day', '2026-02-29')).toThrow(
      expect.objectContaining({ type: 'validation_failed' }),
    );
  });
});
