/** Business days and their payouts as clients see them (ACC-5, ACC-6). */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { calendarOf, dayAfter } from '#mixins/calendar.ts';
import type { ActionItem, ActionParams } from '#schemas/action.ts';
import type daysAction from '#schemas/actions/accounting/days.ts';
import type payoutsAction from '#schemas/actions/accounting/payouts.ts';
import { payoutMade } from '#schemas/events/accounting/payout-made.v1.ts';
import { type Restorable, restorable } from '../../../test/harness/pristine.ts';
import { keepUsers } from '../accounts/user-copy.store.ts';
import { type Books, brokenInvariants, eventsIn, journalText, openBooks } from '../books.fixture.ts';
import { showBlock, showSeal } from '../seal/read-seal.query.ts';
import { completed, created, fixtureId } from '../tasks/task-history.fixture.ts';
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
import { listDays, listPayouts, showDay, showToday } from './read-day.query.ts';
import { closeOnce } from './settle-day.handler.ts';

const [PIP, JAY, MIA, REN, KEA] = [1, 2, 3, 4, 5].map((n) => fixtureId(1, n)) as [
  string,
  string,
  string,
  string,
  string,
];

type PayoutItem = ActionItem<typeof payoutsAction>;

let books: Restorable<Books>;
let today: string;
let next: string;
beforeAll(async () => {
  // A reward is more than its fee, so that a completed task leaves something to pay.
  books = await restorable(await openBooks({ rewardRange: { min: 21, max: 40 } }), 'accounting');
});
afterAll(() => books.close());
beforeEach(async () => {
  await books.restore();
  today = await openDueDays(books.database, calendarOf(books.config));
  next = dayAfter(today);
});
afterEach(async () => {
  expect(await brokenInvariants(books.database, [KEA])).toEqual([]);
});

const show = (day = today) => showDay(books.database, books.config, day);
const list = (params: ActionParams<typeof daysAction> = {}) => listDays(books.database, params);

async function payouts(day = today, limit = 50): Promise<PayoutItem[]> {
  const found: PayoutItem[] = [];
  let cursor: string | undefined;
  do {
    const page = await listPayouts(books.database, { day, limit, cursor });
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

/** People in credit and in debt. Kea is not known. */
async function bookSome(): Promise<void> {
  await bookAll(books, [
    postingRequest(PIP, 700),
    postingRequest(JAY, 20),
    postingRequest(MIA, -30),
    postingRequest(REN, -5),
  ]);
  await bookUnknown(books, [postingRequest(KEA, 400)]);
}

describe('an open day', () => {
  it('ACC-6: shows how many people it would pay and leave in debt, and its totals', async () => {
    await introduce(books, PIP);
    await books.book([created(fixtureId(2, 1), PIP), completed(fixtureId(2, 1), 2, PIP)]);
    await bookSome();
    const [price] = await books.database.rows<{ fee: number; reward: number }>(
      'SELECT fee, reward FROM price',
    );
    const { fee: fees = 0, reward: rewards = 0 } = price ?? {};
    const day = {
      businessDay: today,
      status: 'open',
      payouts: 0,
      totalPaid: 0,
      toPay: 2,
      carriedOver: 35,
      debtors: 2,
      fees,
      rewards,
      others: 700 + 20 - 35 + 400,
      endedAt: null,
      endedBy: null,
      closedAt: null,
      head: null,
      block: null,
    };
    expect(await showToday(books.database)).toEqual(day);
    expect(await show()).toEqual({ currency: 'USD', ...day });
    expect((await list()).items).toEqual([day]);
  });

  it('ACC-5: lists the payouts that its close would make, and changes nothing', async () => {
    await introduce(books, PIP);
    await books.book([created(fixtureId(2, 1), PIP), completed(fixtureId(2, 1), 2, PIP)]);
    await bookSome();
    const before = await journalText(books.database);
    const balance = (await end(books, today, true)).totalPaid - 20;
    const common = { carriedIn: 0, entryId: null, payoutId: null };
    expect(await payouts()).toEqual([
      {
        userId: PIP,
        name: `Popug ${PIP.slice(-4)}`,
        operations: 3,
        earned: balance,
        amount: balance,
        ...common,
      },
      { userId: JAY, name: `Popug ${JAY.slice(-4)}`, operations: 1, earned: 20, amount: 20, ...common },
    ]);
    expect(await journalText(books.database)).toBe(before);
  });
});

describe('a day that is closing', () => {
  it('ACC-6: has the same payouts in the list, in its figures and in a preview, at each step', async () => {
    await bookSome();
    const expected = (await payouts()).map(({ entryId: _, payoutId: __, ...payout }) => payout);
    await end(books, today);
    // The next day changes nothing on this one.
    await bookAll(books, [postingRequest(MIA, 1_000), postingRequest(JAY, 3)]);
    const progress: number[] = [];
    for (let outcome = ''; outcome !== 'closed'; ) {
      const { payouts: paid, totalPaid, toPay, carriedOver, debtors } = await show();
      const listed = await payouts();
      expect(listed.map(({ entryId: _, payoutId: __, ...payout }) => payout)).toEqual(expected);
      const booked = listed.filter(({ entryId }) => entryId !== null);
      expect([paid, toPay]).toEqual([booked.length, listed.length - booked.length]);
      expect(totalPaid).toBe(booked.reduce((total, { amount }) => total + amount, 0));
      expect({ carriedOver, debtors }).toEqual({ carriedOver: 35, debtors: 2 });
      expect(await end(books, today, true)).toMatchObject({
        payouts: 2,
        totalPaid: 720,
        debtors: 2,
        carriedOver: 35,
      });
      progress.push(paid);
      const pass = await closeOnce(books.database, books.config, 1);
      outcome = pass.outcome;
      if (outcome !== 'waiting') continue;
      await closeAll(books);
      break;
    }
    // The posting of the next day has paid Jay.
    expect(new Set(progress)).toEqual(new Set([1, 2]));
    expect(await payouts()).toMatchObject(expected);
  });
});

describe('a closed day', () => {
  it('ACC-6: says when and by whom it was ended and closed, and which block its head is', async () => {
    const { actor } = requestOf();
    await books.database.inTransaction((tx) =>
      keepUsers(tx, [{ id: actor.userId, name: 'Mia', version: 1 }]),
    );
    await bookSome();
    await end(books, today);
    await closeAll(books);
    const day = await show();
    expect(day).toMatchObject({
      status: 'closed',
      payouts: 2,
      totalPaid: 720,
      toPay: 0,
      carriedOver: 35,
      debtors: 2,
      others: 1085,
      endedBy: { id: actor.userId, name: 'Mia' },
    });
    const { head, block } = await showSeal(books.database);
    expect([day.head, day.block]).toEqual([head, block]);
    expect((await showBlock(books.database, String(block))).hash).toBe(day.head);
    expect([day.endedAt, day.closedAt].map(String).toSorted()).toEqual([day.endedAt, day.closedAt]);
    // Later lines do not change it.
    await bookAll(books, [postingRequest(MIA, 1_000), postingRequest(JAY, -3)]);
    expect(await show()).toEqual(day);
  });

  it('ACC-5: was ended by the schedule if nobody did', async () => {
    await books.asOwner('DELETE FROM business_day');
    const longAgo = dayAfter(today, -1);
    await books.asOwner(`INSERT INTO business_day (day, opened_at) VALUES ('${longAgo}', now())`);
    await openDueDays(books.database, calendarOf(books.config));
    expect(await show(longAgo)).toMatchObject({
      status: 'closing',
      endedBy: { id: 'service:accounting', name: null },
    });
    await closeAll(books);
    expect(await show(longAgo)).toMatchObject({ status: 'closed', block: null, others: 0, debtors: 0 });
  });

  it('ACC-5: lists its payouts with the balance carried in, the highest first, page by page', async () => {
    // Mia gets out of her debt, and Kea becomes known on the next day.
    await bookSome();
    await end(books, today);
    await closeAll(books);
    await bookAll(books, [postingRequest(MIA, 40), postingRequest(MIA, 50), postingRequest(JAY, 60)]);
    await introduce(books, KEA);
    await end(books, next);
    await closeAll(books);
    const paid = await payouts(next);
    expect(
      paid.map(({ name: _, entryId, payoutId: __, ...payout }) => ({
        ...payout,
        isBooked: entryId !== null,
      })),
    ).toEqual([
      { userId: KEA, operations: 0, earned: 0, carriedIn: 400, amount: 400, isBooked: true },
      { userId: JAY, operations: 1, earned: 60, carriedIn: 0, amount: 60, isBooked: true },
      { userId: MIA, operations: 2, earned: 90, carriedIn: -30, amount: 60, isBooked: true },
    ]);
    expect(await payouts(next, 1)).toEqual(paid);
    const idsOf = (each: { entryId: string | null; payoutId: string | null }) => [
      each.entryId,
      each.payoutId,
    ];
    const made = (await eventsIn(books.database, payoutMade)).filter(({ data }) => data.businessDay === next);
    expect(paid.map(idsOf).toSorted()).toEqual(made.map(({ data }) => idsOf(data)).toSorted());
  });

  it('ACC-6: counts people in debt where a node of an older release has settled accounts', async () => {
    await bookSome();
    await end(books, today);
    await give(books, MIA, 100);
    for (let pass = 0; pass < 4; pass++) await closeOnce(books.database, books.config, 1);
    // It moves the cursor and counts nobody.
    await books.asOwner(
      'UPDATE business_day SET debtors_account_id = 0 WHERE closed_at IS NULL AND ended_at IS NOT NULL',
    );
    expect(await show()).toMatchObject({ status: 'closing', debtors: 2, carriedOver: 35 });
    await closeAll(books, 1);
    expect(await show()).toMatchObject({ status: 'closed', debtors: 2, carriedOver: 35 });
  });
});

describe('the list of days', () => {
  it('ACC-6: has the days of a range, the newest first, page by page', async () => {
    await give(books, PIP, 700);
    await end(books, today);
    await closeAll(books);
    const [open, closed] = (await list()).items;
    expect([open, closed]).toMatchObject([
      { businessDay: next, status: 'open' },
      { businessDay: today, status: 'closed', totalPaid: 700 },
    ]);
    expect((await list({ to: today })).items).toEqual([closed]);
    expect((await list({ from: next, to: next })).items).toEqual([open]);
    expect((await list({ from: '2999-01-01' })).items).toEqual([]);
    const page = await list({ limit: 1 });
    expect(page.items).toEqual([open]);
    expect((await list({ limit: 1, cursor: page.nextCursor ?? '' })).items).toEqual([closed]);
  });

  it.each([
    [{ from: '2026-03-02', to: '2026-03-01' }, 'validation_failed'],
    [{ from: '2020-01-01' }, 'validation_failed'],
    [{ cursor: 'nonsense' }, 'invalid_cursor'],
  ])('ACC-6: refuses %j', async (params, type) => {
    await expect(list(params)).rejects.toMatchObject({ type });
  });
});

describe('the payouts of a day', () => {
  it.each([
    ['before the first', () => dayAfter(today, -1), {}, 'not_found'],
    ['after the open one', () => next, {}, 'not_found'],
    ['that does not exist', () => '2026-13-01', {}, 'validation_failed'],
    ['with a cursor of another list', () => today, { cursor: btoa('["a",1]') }, 'invalid_cursor'],
  ])('ACC-6: are refused for a day %s', async (_, day, page, type) => {
    const attempt = listPayouts(books.database, { day: day(), limit: 5, ...page });
    await expect(attempt).rejects.toMatchObject({ type });
  });

  it('are empty if nobody is paid', async () => {
    expect(await payouts()).toEqual([]);
  });
});
