import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { calendarOf, dayAfter, dayOf } from '#mixins/calendar.ts';
import { type Restorable, restorable } from '../../../test/harness/pristine.ts';
import { type Books, brokenInvariants, openBooks } from '../books.fixture.ts';
import { created, fixtureId } from '../tasks/task-history.fixture.ts';
import { lockDay, openDays, readOpenDay } from './day.store.ts';
import { dayToPostTo, openDueDays } from './open-day.handler.ts';

let books: Restorable<Books>;
beforeAll(async () => {
  books = await restorable(await openBooks(), 'accounting');
});
afterAll(() => books.close());
beforeEach(async () => {
  await books.restore();
});

const POSTERS = 8;
const CUT_OVERS = 10;
/**
 * Batches that may be booked while one cut-over waits: those in flight, and those ahead of it in
 * the queue for a connection. With row locks, hundreds delayed the closer.
 */
const MOST_BEFORE_A_CUT_OVER = 3 * POSTERS;

const days = () =>
  books.database.rows<{ day: string; ended: boolean }>(
    'SELECT day::text AS day, ended_at IS NOT NULL AS ended FROM business_day ORDER BY day',
  );
const today = () => dayOf(new Date(), calendarOf(books.config));
const open = (...opened: string[]) => books.database.inTransaction((tx) => openDays(tx, opened));

/** Ends the open day early, like a close by hand. */
async function cutOver(): Promise<void> {
  await books.database.inTransaction(async (tx) => {
    await lockDay(tx);
    const { day } = await readOpenDay(tx);
    await openDays(tx, [dayAfter(day ?? today())]);
  });
}

describe('before the very first day', () => {
  it('the first posting opens the current one', async () => {
    await books.book([created(fixtureId(2, 1), fixtureId(1, 1))]);
    expect(await days()).toEqual([{ day: today(), ended: false }]);
  });

  it('many nodes open one day', async () => {
    const calendar = calendarOf(books.config);
    await Promise.all(Array.from({ length: POSTERS }, () => openDueDays(books.database, calendar)));
    expect(await days()).toEqual([{ day: today(), ended: false }]);
  });
});

describe('while the open day lasts', () => {
  it('no other day is opened', async () => {
    await open(today());
    expect(await openDueDays(books.database, calendarOf(books.config))).toBe(today());
    expect(await days()).toEqual([{ day: today(), ended: false }]);
  });

  it('the same holds for a day that was opened early', async () => {
    const tomorrow = dayAfter(today());
    await open(today(), tomorrow);
    await books.book([created(fixtureId(2, 1), fixtureId(1, 1))]);
    expect(await books.database.rows('SELECT business_day::text AS day FROM posting')).toEqual([
      { day: tomorrow },
    ]);
  });
});

describe('when days were missed', () => {
  it('the first posting opens them in order, and is booked on the last', async () => {
    const [d3, d2, d1] = [dayAfter(today(), -3), dayAfter(today(), -2), dayAfter(today(), -1)];
    await open(d3);
    await Promise.all(
      Array.from({ length: POSTERS }, (_, n) => books.book([created(fixtureId(2, n), fixtureId(1, n))])),
    );
    expect(await days()).toEqual([
      { day: d3, ended: true },
      { day: d2, ended: true },
      { day: d1, ended: true },
      { day: today(), ended: false },
    ]);
    const posted = await books.database.rows<{ day: string }>(
      'SELECT DISTINCT business_day::text AS day FROM posting UNION SELECT DISTINCT business_day::text FROM entry',
    );
    expect(posted).toEqual([{ day: today() }]);
  });
});

describe('a transaction that posts', () => {
  it('keeps its day open until it ends', async () => {
    await open(today());
    let cut = false;
    let cutting: Promise<void> | undefined;
    await books.database.inTransaction(async (tx) => {
      await dayToPostTo(tx, calendarOf(books.config));
      cutting = cutOver().then(() => {
        cut = true;
      });
      // Its own exclusive lock waits behind this transaction's shared one.
      for (let waiting = 0; waiting === 0; ) {
        waiting = (await tx.rows(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).length;
      }
      expect(cut).toBe(false);
      expect(await days()).toEqual([{ day: today(), ended: false }]);
    });
    await cutting;
    expect(await days()).toEqual([
      { day: today(), ended: true },
      { day: dayAfter(today()), ended: false },
    ]);
  });
});

describe('cut-overs while many post', () => {
  it('do not starve, and every posting is on the day that was open when it was booked', async () => {
    await open(today());
    let posting = true;
    let task = 0;
    let booked = 0;
    const overtaken: number[] = [];
    const poster = async () => {
      while (posting) {
        const batch = Array.from({ length: 20 }, () =>
          created(fixtureId(2, ++task), fixtureId(1, task % 50)),
        );
        await books.book(batch);
        booked += 1;
      }
    };
    const posters = Array.from({ length: POSTERS }, poster);
    for (let n = 0; n < CUT_OVERS; n++) {
      // Each day gets some postings before it ends.
      const before = task;
      while (task < before + 200) await new Promise((resolve) => setImmediate(resolve));
      const bookedBefore = booked;
      await cutOver();
      overtaken.push(booked - bookedBefore);
    }
    posting = false;
    await Promise.all(posters);

    expect(Math.max(...overtaken)).toBeLessThanOrEqual(MOST_BEFORE_A_CUT_OVER);
    expect(await days()).toHaveLength(CUT_OVERS + 1);
    const misplaced = await books.database.rows(
      `SELECT posting.id FROM posting JOIN business_day ON business_day.day = posting.business_day
       WHERE posted_at < opened_at OR posted_at > ended_at`,
    );
    expect(misplaced).toEqual([]);
    // Statements are read by day, then by number. The two orders must agree.
    const turned = await books.database.rows(
      `SELECT FROM (
         SELECT business_day, lag(business_day) OVER (PARTITION BY account_id ORDER BY account_sequence) AS before
         FROM entry WHERE account_sequence IS NOT NULL
       ) AS line WHERE before > business_day`,
    );
    expect(turned).toEqual([]);
    expect(await brokenInvariants(books.database)).toEqual([]);
  });
});
