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
  it('ANA-1: is the day that it is by the calendar when nothing happened', () => {
    expect(todayOf({ now, closed: null, newest: null }, utc)).toBe('2026-03-10');
    expect(todayOf({ now: new Date('2026-03-10T17:45:00Z'), closed: null, newest: null }, evening)).toBe(
      '2026-03-11',
    );
  });

  it('ANA-1: is the next day as soon as one was closed early', () => {
    expect(todayOf({ now, closed: '2026-03-10', newest: '2026-03-10' }, utc)).toBe('2026-03-11');
  });

  it('is the day that operations are booked on, also before its time', () => {
    expect(todayOf({ now, closed: null, newest: '2026-03-11' }, utc)).toBe('2026-03-11');
  });

  it('goes on with the calendar while accounting is down', () => {
    expect(todayOf({ now, closed: '2026-03-07', newest: '2026-03-08' }, utc)).toBe('2026-03-10');
  });
});

describe('a range of days', () => {
  it('is the last 30 days up to today when nobody names one', () => {
    expect(dayRange(undefined, undefined, TODAY)).toEqual({ from: '2026-02-09', to: TODAY });
  });

  it('ends today when only its beginning is named, and has 30 days when only its end is', () => {
    expect(dayRange('2026-01-01', undefined, TODAY)).toEqual({ from: '2026-01-01', to: TODAY });
    expect(dayRange(undefined, '2026-01-30', TODAY)).toEqual({ from: '2026-01-01', to: '2026-01-30' });
    expect(dayRange('2026-04-01', undefined, TODAY)).toEqual({ from: '2026-04-01', to: '2026-04-01' });
  });

  it('takes 366 days and no more', () => {
    expect(errorsOf('2025-03-10', TODAY)).toBeNull();
    expect(errorsOf('2025-03-09', TODAY)).toEqual([['to', 'range']]);
    expect(errorsOf('2025-03-09', undefined)).toEqual([['from', 'range']]);
  });

  it('names what is wrong with it', () => {
    expect(errorsOf('2026-03-11', TODAY)).toEqual([['to', 'range']]);
    expect(errorsOf('2026-02-30', '2026-13-01')).toEqual([
      ['from', 'date'],
      ['to', 'date'],
    ]);
  });
});

describe('a day', () => {
  it('must be one of the calendar', () => {
    expect(checkDay('day', '2024-02-29')).toBe('2024-02-29');
    expect(() => checkDay('day', '2026-02-29')).toThrow(
      expect.objectContaining({ type: 'validation_failed' }),
    );
  });
});
