import { describe, expect, it } from '@jest/globals';
import { OpenDays } from './open-day.ts';

const CALENDAR = { timeZone: 'UTC', closeAt: '18:00' };
const at = (time: string) => new Date(`2026-03-31T${time}Z`);
const TODAY = { businessDay: '2026-03-31', dayEndsAt: at('18:00:00') };
const TOMORROW = { businessDay: '2026-04-01', dayEndsAt: new Date('2026-04-01T18:00:00Z') };

/** The open day of a service that answers as `answer` says. */
function daysOf(answer: () => Promise<string | undefined>) {
  let asked = 0;
  const days = new OpenDays({
    calendar: CALENDAR,
    ask() {
      asked += 1;
      return answer();
    },
  });
  return { read: (time: string) => days.read(at(time)), asked: () => asked };
}

describe('a service that keeps the business days', () => {
  it('API-4: decides which day is open, also if the calendar says another one', async () => {
    let day = '2026-03-31';
    const { read } = daysOf(async () => day);
    expect(await read('12:00:00')).toEqual(TODAY);
    day = '2026-04-01'; // Closed by hand.
    expect(await read('12:00:01')).toEqual(TOMORROW);
    day = '2026-03-30'; // Not opened yet.
    expect((await read('12:00:02')).businessDay).toBe('2026-03-30');
  });

  it('API-4: is asked once a second at most, and once for requests at the same time', async () => {
    const { read, asked } = daysOf(async () => '2026-03-31');
    await Promise.all([read('12:00:00'), read('12:00:00'), read('12:00:00')]);
    await read('12:00:00.999');
    expect(asked()).toBe(1);
    await read('12:00:01');
    expect(asked()).toBe(2);
  });
});

describe('a service that does not answer', () => {
  it.each([
    ['is not there', async () => undefined],
    ['fails', async () => Promise.reject(new Error('away'))],
  ])('API-4: leaves the day of the calendar if it %s', async (_, answer) => {
    const { read } = daysOf(answer);
    expect(await read('17:59:59')).toEqual(TODAY);
    expect(await read('18:00:00')).toEqual(TOMORROW);
  });

  it('API-4: leaves the last known day until it ends, also if it was opened early', async () => {
    let answer: () => Promise<string | undefined> = async () => '2026-04-01';
    const { read } = daysOf(() => answer());
    expect(await read('12:00:00')).toEqual(TOMORROW);
    answer = async () => undefined;
    expect(await read('12:00:05')).toEqual(TOMORROW);
    expect((await read('18:00:00')).businessDay).toBe('2026-04-01');
  });

  it('API-4: is waited for only once, and is heard again when it answers', async () => {
    let finish = (_: string | undefined): void => {};
    const { read } = daysOf(
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    const first = read('12:00:00');
    finish(undefined);
    await first;
    expect(await read('12:00:05')).toEqual(TODAY); // Nobody has answered, and nobody has waited.
    finish('2026-04-01');
    await new Promise(setImmediate);
    expect(await read('12:00:05')).toEqual(TOMORROW);
  });
});
