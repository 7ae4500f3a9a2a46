/** The close of a day whose payouts the caller has looked at (ACC-6). */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { calendarOf, dayAfter } from '#mixins/calendar.ts';
import { type Restorable, restorable } from '../../../test/harness/pristine.ts';
import { type Books, brokenInvariants, journalText, openBooks, untilWaiting } from '../books.fixture.ts';
import { bookRequests } from '../requests/book-requests.handler.ts';
import { fixtureId } from '../tasks/task-history.fixture.ts';
import { lockDayShared } from './day.store.ts';
import {
  bookAll,
  bookUnknown,
  closeAll,
  end,
  give,
  introduce,
  postingRequest,
  requestOf,
} from './days.fixture.ts';
import { openDueDays } from './open-day.handler.ts';
import { showDay, showToday } from './read-day.query.ts';

const [PIP, JAY, KEA] = [1, 2, 3].map((n) => fixtureId(1, n)) as [string, string, string];

let books: Restorable<Books>;
let today: string;
beforeAll(async () => {
  books = await restorable(await openBooks(), 'accounting');
});
afterAll(() => books.close());
beforeEach(async () => {
  await books.restore();
  today = await openDueDays(books.database, calendarOf(books.config));
  await bookAll(books, [postingRequest(PIP, 700), postingRequest(JAY, 20)]);
});
afterEach(async () => {
  expect(await brokenInvariants(books.database)).toEqual([]);
});

const EXPECTED = { payouts: 2, totalPaid: 720 };
const close = (expected: { payouts: number; totalPaid: number }, key?: string) =>
  end(books, today, false, { ...requestOf(key), expected });

/** Everything that a close may change. */
async function everything(): Promise<string> {
  const days = await books.database.rows('SELECT business_day::text AS text FROM business_day ORDER BY text');
  const keys = await books.database.rows('SELECT key FROM idempotency_key');
  return JSON.stringify([await journalText(books.database), days, keys]);
}

describe('a close with expected figures', () => {
  it('ACC-6: closes the day if it pays exactly these', async () => {
    expect(await close(EXPECTED)).toMatchObject({ status: 'closing' });
    await closeAll(books);
    expect(await showDay(books.database, books.config, today)).toMatchObject({
      status: 'closed',
      ...EXPECTED,
    });
  });

  it.each([
    ['another number of payouts', { payouts: 1, totalPaid: 720 }],
    ['another sum', { payouts: 2, totalPaid: 719 }],
  ])('ACC-6: is refused for %s with the new figures, and changes nothing', async (_, expected) => {
    const before = await everything();
    const day = await end(books, today, true);
    await expect(close(expected, 'a-key')).rejects.toMatchObject({
      type: 'day_changed',
      code: 409,
      data: { members: { day } },
    });
    expect(day).toMatchObject({ status: 'open', ...EXPECTED });
    expect(await everything()).toBe(before);
    // The key is free, because nothing was done under it.
    expect(await close(EXPECTED, 'a-key')).toMatchObject({ status: 'closing' });
  });

  it('ACC-6: is compared when nobody can post any more', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isBooked = () => {};
    const booked = new Promise<void>((resolve) => {
      isBooked = resolve;
    });
    const posting = books.database.inTransaction(async (tx) => {
      await lockDayShared(tx);
      await bookRequests([postingRequest(PIP, 1)], tx, books.platform);
      isBooked();
      await held;
    });
    await booked;
    const closing = close(EXPECTED).catch((error: unknown) => error);
    await untilWaiting(books.database, 1);
    release();
    await posting;
    expect(await closing).toMatchObject({
      type: 'day_changed',
      data: { members: { day: { payouts: 2, totalPaid: 721 } } },
    });
    expect(await showToday(books.database)).toMatchObject({ businessDay: today, status: 'open' });
  });

  it('ACC-6: is previewed while others post, without waiting for them', async () => {
    await books.database.inTransaction(async (tx) => {
      await lockDayShared(tx);
      await bookRequests([postingRequest(PIP, 1)], tx, books.platform);
      expect(await end(books, today, true)).toMatchObject(EXPECTED);
    });
  });

  it('ACC-6: counts people whose owner has become known', async () => {
    await bookUnknown(books, [postingRequest(KEA, 5)]);
    await introduce(books, KEA);
    await expect(close(EXPECTED)).rejects.toMatchObject({ type: 'day_changed' });
    expect(await close({ payouts: 3, totalPaid: 725 })).toMatchObject({ status: 'closing' });
    await closeAll(books);
  });

  it('ACC-6: may be repeated while the day closes and afterwards', async () => {
    await close(EXPECTED, 'a-key');
    await give(books, JAY, 3);
    expect(await close(EXPECTED, 'a-key')).toMatchObject({ businessDay: today });
    expect(await close(EXPECTED)).toMatchObject({ status: 'closing' });
    await expect(close({ payouts: 3, totalPaid: 723 })).rejects.toMatchObject({
      type: 'day_changed',
      data: { members: { day: { status: 'closing', ...EXPECTED } } },
    });
    await closeAll(books);
    expect(await close(EXPECTED)).toMatchObject({ status: 'closed', ...EXPECTED });
  });

  it('ACC-6: is refused as not begun for a later day, whatever is expected', async () => {
    const later = end(books, dayAfter(today), false, { ...requestOf(), expected: EXPECTED });
    await expect(later).rejects.toMatchObject({ type: 'day_not_begun' });
  });
});
