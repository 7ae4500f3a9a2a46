import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Calendar, dayAfter, dayOf, daysBetween, daysDue, endOf, isBusinessDay } from './calendar.ts';

const utc: Calendar = { timeZone: 'UTC', closeAt: '00:00' };
const berlin: Calendar = { timeZone: 'Europe/Berlin', closeAt: '00:00' };
const berlinEvening: Calendar = { timeZone: 'Europe/Berlin', closeAt: '18:30' };
const HOUR_MS = 3_600_000;

const hours = (day: string, calendar: Calendar): number =>
  (endOf(day, calendar).getTime() - endOf(dayAfter(day, -1), calendar).getTime()) / HOUR_MS;

describe('a business day that ends at midnight', () => {
  it('ends at the midnight after it', () => {
    expect(endOf('2026-03-01', utc).toISOString()).toBe('2026-03-02T00:00:00.000Z');
    expect(endOf('2026-03-01', berlin).toISOString()).toBe('2026-03-01T23:00:00.000Z');
  });

  it('contains the instant before midnight, and not midnight itself', () => {
    expect(dayOf(new Date('2026-03-01T23:59:59.999Z'), utc)).toBe('2026-03-01');
    expect(dayOf(new Date('2026-03-02T00:00:00.000Z'), utc)).toBe('2026-03-02');
  });

  it('has 23 hours when clocks go forward and 25 when they go back', () => {
    expect([hours('2026-03-28', berlin), hours('2026-03-29', berlin)]).toEqual([24, 23]);
    expect([hours('2026-10-25', berlin), hours('2026-10-26', berlin)]).toEqual([25, 24]);
  });

  it('begins at one o’clock if daylight saving skips midnight', () => {
    const beirut: Calendar = { timeZone: 'Asia/Beirut', closeAt: '00:00' };
    expect(endOf('2024-03-30', beirut).toISOString()).toBe('2024-03-30T22:00:00.000Z');
    expect(dayOf(new Date('2024-03-30T22:00:00.000Z'), beirut)).toBe('2024-03-31');
  });
});

describe('a business day that ends in the evening', () => {
  it('contains the evening before, and not its own evening', () => {
    expect(dayOf(new Date('2026-06-10T16:29:59.999Z'), berlinEvening)).toBe('2026-06-10');
    expect(dayOf(new Date('2026-06-10T16:30:00.000Z'), berlinEvening)).toBe('2026-06-11');
  });

  it('has one end even if its hour is skipped or occurs twice', () => {
    const night: Calendar = { timeZone: 'Europe/Berlin', closeAt: '02:30' };
    expect(endOf('2026-03-29', night).toISOString()).toBe('2026-03-29T01:30:00.000Z');
    expect(endOf('2026-10-25', night).toISOString()).toBe('2026-10-25T00:30:00.000Z');
  });
});

describe('a date that a zone never had', () => {
  it('is a day that contains no instant', () => {
    const apia: Calendar = { timeZone: 'Pacific/Apia', closeAt: '00:00' };
    expect(hours('2011-12-30', apia)).toBe(0);
    expect(dayOf(new Date('2011-12-30T10:00:00.000Z'), apia)).toBe('2011-12-31');
  });
});

describe('a day of a zone that has another offset now', () => {
  it.each([
    // The clocks of Ittoqqortoormiit went back at 00:00 of the 29th; half a year later the zone
    // moved by an hour.
    ['2023-10-28', 'America/Scoresbysund', '23:30', '2023-10-28T23:30:00.000Z'],
    // Those of Apia had gone forward the day before; the zone has moved by a day since.
    ['2011-09-24', 'Pacific/Apia', '00:00', '2011-09-25T10:00:00.000Z'],
  ])('ends at the time that was valid then: %s in %s at %s', (day, timeZone, closeAt, end) => {
    expect(endOf(day, { timeZone, closeAt }).toISOString()).toBe(end);
  });
});

describe('any instant, zone and closing time', () => {
  it('belongs to the one day that has begun and not ended', () => {
    const calendar = fc.record({
      timeZone: fc.constantFrom(
        'UTC',
        'Europe/Berlin',
        'America/St_Johns',
        'Pacific/Apia',
        'Asia/Kathmandu',
        'Asia/Beirut',
      ),
      closeAt: fc.constantFrom('00:00', '00:30', '02:30', '12:00', '18:30', '23:59'),
    });
    const instant = fc.date({
      min: new Date('2005-01-01'),
      max: new Date('2040-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, calendar, (now, zone) => {
        const day = dayOf(now, zone);
        expect(endOf(day, zone).getTime()).toBeGreaterThan(now.getTime());
        expect(endOf(dayAfter(day, -1), zone).getTime()).toBeLessThanOrEqual(now.getTime());
      }),
    );
  });
});

describe('the days that are due', () => {
  const noon = new Date('2026-03-04T12:00:00Z');

  it('are the current day if there was none before', () => {
    expect(daysDue(null, noon, utc)).toEqual(['2026-03-04']);
  });

  it('are none while the open day lasts', () => {
    expect(daysDue('2026-03-04', noon, utc)).toEqual([]);
  });

  it('are all that were missed, oldest first', () => {
    expect(daysDue('2026-03-01', noon, utc)).toEqual(['2026-03-02', '2026-03-03', '2026-03-04']);
  });

  it('are none after a day that was ended early by hand', () => {
    expect(daysDue('2026-03-05', noon, utc)).toEqual([]);
  });

  it('begin at the very end of the day', () => {
    expect(daysDue('2026-03-04', new Date('2026-03-05T00:00:00Z'), utc)).toEqual(['2026-03-05']);
  });
});

describe('text', () => {
  it.each(['2026-02-29', '2026-13-01', '2026-1-1', '20260101', '2026-01-01T00:00', ''])(
    '%p is not a day',
    (text) => {
      expect(isBusinessDay(text)).toBe(false);
    },
  );

  it('is a day if the calendar has it', () => {
    expect(isBusinessDay('2024-02-29')).toBe(true);
  });
});

describe('a range', () => {
  it('counts both ends', () => {
    expect(daysBetween('2024-02-28', '2024-03-01')).toBe(3);
    expect(daysBetween('2024-03-01', '2024-03-01')).toBe(1);
    expect(daysBetween('2024-03-02', '2024-03-01')).toBe(0);
  });
});

describe('the first day that has a name', () => {
  it('has no day before it', () => {
    expect(isBusinessDay('0000-12-31')).toBe(false);
    expect(isBusinessDay('0001-01-01')).toBe(true);
    expect(dayAfter('0001-01-05', -29)).toBe('0001-01-01');
  });
});
