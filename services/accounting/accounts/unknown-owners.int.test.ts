import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { calendarOf, dayAfter } from '#mixins/calendar.ts';
import { payoutMade } from '#schemas/events/accounting/payout-made.v1.ts';
import { postingRefused } from '#schemas/events/accounting/posting-refused.v1.ts';
import { type Restorable, restorable } from '../../../test/harness/pristine.ts';
import { type Books, brokenInvariants, eventsIn, linesOf, openBooks } from '../books.fixture.ts';
import {
  bookAll,
  bookUnknown,
  closeAll,
  end,
  give,
  introduce,
  postingRequest,
  requestOf,
} from '../days/days.fixture.ts';
import { openDueDays } from '../days/open-day.handler.ts';
import { showDay } from '../days/read-day.query.ts';
import { closeOnce } from '../days/settle-day.handler.ts';
import { MAX_BALANCE } from '../journal/free-postings.ts';
import { completed, created, fixtureId } from '../tasks/task-history.fixture.ts';
import { adjustBalance } from './adjust-balance.handler.ts';
import { listAccounts } from './read-account.query.ts';

const [PIP, JAY, MIA] = [1, 2, 3].map((n) => fixtureId(1, n)) as [string, string, string];
const CROWD = Array.from({ length: 12 }, (_, n) => fixtureId(4, n + 1));

let books: Restorable<Books>;
let today: string;
let tomorrow: string;
beforeAll(async () => {
  books = await restorable(await openBooks(), 'accounting');
});
afterAll(() => books.close());
beforeEach(async () => {
  await books.restore();
  today = await openDueDays(books.database, calendarOf(books.config));
  tomorrow = dayAfter(today);
});
afterEach(async () => {
  expect(await brokenInvariants(books.database, [PIP, ...CROWD])).toEqual([]);
});

const show = (day = today) => showDay(books.database, books.config, day);
/** `request +500`, `payout -500 on 2026-01-02`. */
const linesIn = async (...owners: string[]) =>
  (await linesOf(books.database, ...owners)).map(({ key, amount }) => {
    const [kind, , day] = key.split(':');
    return kind === 'payout' ? `payout ${amount} on ${day}` : `${kind} ${amount}`;
  });
const giveUnknown = (owner: string, amount: number) => bookUnknown(books, [postingRequest(owner, amount)]);
async function close(day: string): Promise<void> {
  await end(books, day);
  await closeAll(books);
}
const accounts = async () => {
  const { items } = await listAccounts(books.database, { sort: 'name', limit: 50 });
  return Object.fromEntries(
    items.map(({ userId, balance, ownerKnown }) => [userId, { balance, ownerKnown }]),
  );
};

describe('a posting for an employee whom accounting does not know', () => {
  it('G28, ACC-5, ACC-10: is booked and flagged, not paid out, and paid by the first close after the owner is known', async () => {
    await giveUnknown(PIP, 500);
    await give(books, JAY, 70);
    expect(await accounts()).toEqual({
      [PIP]: { balance: 500, ownerKnown: false },
      [JAY]: { balance: 70, ownerKnown: true },
    });
    const preview = await end(books, today, true);
    await close(today);
    expect(await show()).toMatchObject({ status: 'closed', payouts: 1, totalPaid: 70, carriedOver: 0 });
    expect(preview).toMatchObject({ payouts: 1, totalPaid: 70, carriedOver: 0 });
    expect(await linesIn(PIP)).toEqual(['request 500']);
    expect((await accounts())[PIP]).toEqual({ balance: 500, ownerKnown: false });

    await introduce(books, PIP);
    expect((await accounts())[PIP]).toEqual({ balance: 500, ownerKnown: true });
    expect(await end(books, tomorrow, true)).toMatchObject({ payouts: 1, totalPaid: 500 });
    await close(tomorrow);
    expect(await linesIn(PIP)).toEqual(['request 500', `payout -500 on ${tomorrow}`]);
    expect(await show(tomorrow)).toMatchObject({ payouts: 1, totalPaid: 500 });
    expect((await eventsIn(books.database, payoutMade)).at(-1)?.data).toMatchObject({
      employeeId: PIP,
      amount: 500,
      businessDay: tomorrow,
      operations: 0,
    });
    await close(dayAfter(tomorrow));
    expect(await linesIn(PIP)).toHaveLength(2);
  });

  it('G28, ACC-10: is carried over for as many days as it takes, with later postings', async () => {
    await giveUnknown(PIP, 500);
    await close(today);
    await giveUnknown(PIP, -200);
    await close(tomorrow);
    const third = dayAfter(tomorrow);
    await close(third);
    expect(await linesIn(PIP)).toEqual(['request 500', 'request -200']);
    await give(books, PIP, 11);
    const fourth = dayAfter(third);
    await close(fourth);
    expect(await linesIn(PIP)).toEqual([
      'request 500',
      'request -200',
      'request 11',
      `payout -311 on ${fourth}`,
    ]);
  });

  it('G28, ACC-10: with a negative amount is a debt like any other', async () => {
    await giveUnknown(PIP, -500);
    expect(await end(books, today, true)).toMatchObject({ payouts: 0, carriedOver: 500 });
    await close(today);
    expect(await show()).toMatchObject({ payouts: 0, totalPaid: 0, carriedOver: 500 });
  });

  it('G28, ACC-7, ACC-10: may be corrected by an adjustment, which is not paid out either', async () => {
    await giveUnknown(PIP, 500);
    const adjustment = { userId: PIP, amount: -200, reason: 'A slip of the canteen' };
    expect(await adjustBalance(books.database, books.config, adjustment, requestOf())).toMatchObject({
      amount: -200,
      balanceAfter: 300,
    });
    await close(today);
    expect(await show()).toMatchObject({ status: 'closed', payouts: 0 });
    expect((await accounts())[PIP]).toEqual({ balance: 300, ownerKnown: false });
    await introduce(books, PIP);
    await close(tomorrow);
    expect(await show(tomorrow)).toMatchObject({ payouts: 1, totalPaid: 300 });
  });

  it('G28, ACC-10: may come from a task, whose reward is paid when the assignee is known', async () => {
    const task = fixtureId(2, 1);
    await books.book([created(task, PIP), completed(task, 2, PIP)]);
    await bookUnknown(books, [postingRequest(PIP, 5_000)]);
    await close(today);
    expect(await linesIn(PIP)).toHaveLength(3);
    const owed = (await accounts())[PIP]?.balance ?? 0;
    expect(owed).toBeGreaterThan(5_000 - 2_000);
    await introduce(books, PIP);
    await close(tomorrow);
    expect((await linesIn(PIP)).at(-1)).toBe(`payout ${-owed} on ${tomorrow}`);
  });

  it('G28, ACC-10: counts against the bound of what all days may have to pay', async () => {
    const rich = CROWD.slice(0, 4);
    await bookUnknown(
      books,
      rich.flatMap((owner) =>
        Array.from({ length: 1_000 }, () => postingRequest(owner, MAX_BALANCE / 1_000)),
      ),
    );
    await close(today);
    await give(books, JAY, 1);
    expect(await linesIn(JAY)).toEqual([]);
    expect(await eventsIn(books.database, postingRefused)).toMatchObject([
      { data: { code: 'total_out_of_bounds' } },
    ]);
    await introduce(books, ...rich);
    await close(tomorrow);
    expect(await show(tomorrow)).toMatchObject({ payouts: 4, totalPaid: 4 * MAX_BALANCE });
    await give(books, JAY, 1);
    expect(await linesIn(JAY)).toEqual(['request 1']);
  });
});

describe('an owner who becomes known while days are closing', () => {
  it('G28, ACC-10: is paid by the next day if the closer has passed them, even if something is posted first', async () => {
    await giveUnknown(PIP, 500);
    await end(books, today);
    expect((await closeOnce(books.database, books.config)).outcome).toBe('settled');
    await give(books, PIP, 20);
    expect(await linesIn(PIP)).toEqual(['request 500', 'request 20']);
    await closeAll(books);
    expect(await show()).toMatchObject({ payouts: 0, totalPaid: 0 });
    await close(tomorrow);
    expect((await linesIn(PIP)).at(-1)).toBe(`payout -520 on ${tomorrow}`);
  });

  it('G28, ACC-10: is paid by the closing day if the closer has not passed them, or something is posted first', async () => {
    await giveUnknown(PIP, 500);
    await giveUnknown(MIA, 300);
    await end(books, today);
    expect(await end(books, today, true)).toMatchObject({ payouts: 0 });
    await give(books, PIP, 20);
    await introduce(books, MIA);
    expect(await end(books, today, true)).toMatchObject({ payouts: 2, totalPaid: 800 });
    await closeAll(books);
    expect(await linesIn(PIP)).toEqual(['request 500', `payout -500 on ${today}`, 'request 20']);
    expect(await linesIn(MIA)).toEqual(['request 300', `payout -300 on ${today}`]);
  });

  it('G28, ACC-10: is left to the next day if something was posted before they were known', async () => {
    await giveUnknown(PIP, 500);
    await end(books, today);
    await giveUnknown(PIP, 20);
    await introduce(books, PIP);
    await closeAll(books);
    expect(await linesIn(PIP)).toEqual(['request 500', 'request 20']);
    await close(tomorrow);
    expect((await linesIn(PIP)).at(-1)).toBe(`payout -520 on ${tomorrow}`);
  });

  it('G28, ACC-10: is paid once by one of several waiting days', async () => {
    await giveUnknown(PIP, 500);
    await end(books, today);
    await end(books, tomorrow);
    // Runs both chunks of the first day, which leaves the owner unpaid.
    await closeOnce(books.database, books.config);
    await introduce(books, PIP);
    expect(await end(books, tomorrow, true)).toMatchObject({ payouts: 1, totalPaid: 500 });
    expect(await end(books, today, true)).toMatchObject({ payouts: 0, totalPaid: 0 });
    await closeAll(books);
    expect(await linesIn(PIP)).toEqual(['request 500', `payout -500 on ${tomorrow}`]);
  });

  it('G28, ACC-10: loses nothing and is paid once, in any order of close, user events and postings', async () => {
    await bookUnknown(
      books,
      CROWD.map((owner) => postingRequest(owner, 100)),
    );
    await end(books, today);
    await Promise.all([
      closeAll(books, 2),
      closeAll(books, 2),
      ...CROWD.map((owner, n) => (n % 2 ? introduce(books, owner) : giveUnknown(owner, 1))),
      ...CROWD.map((owner, n) =>
        n % 3 ? bookAll(books, [postingRequest(owner, 10)]) : giveUnknown(owner, 10),
      ),
    ]);
    await introduce(books, ...CROWD);
    await close(tomorrow);
    for (const [n, owner] of CROWD.entries()) {
      const given = 110 + (n % 2 ? 0 : 1);
      const paid = (await linesOf(books.database, owner)).filter(({ key }) => key.startsWith('payout'));
      expect(paid.reduce((sum, { amount }) => sum - amount, 0)).toBe(given);
      expect((await accounts())[owner]).toEqual({ balance: 0, ownerKnown: true });
    }
  });
});
