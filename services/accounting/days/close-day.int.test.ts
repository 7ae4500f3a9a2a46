import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { calendarOf, dayAfter } from '#mixins/calendar.ts';
import { balanceChanged } from '#schemas/events/accounting/balance-changed.v1.ts';
import { dayClosed } from '#schemas/events/accounting/day-closed.v1.ts';
import { payoutMade } from '#schemas/events/accounting/payout-made.v1.ts';
import { type Restorable, restorable } from '../../../test/harness/pristine.ts';
import { type Books, brokenInvariants, eventsIn, journalText, linesOf, openBooks } from '../books.fixture.ts';
import { completed, created, fixtureId, reassigned } from '../tasks/task-history.fixture.ts';
import { readOpenDay } from './day.store.ts';
import { bookAll, closeAll, end, give, introduce, postingRequest, requestOf } from './days.fixture.ts';
import { openDueDays } from './open-day.handler.ts';
import { readCompany, showDay } from './read-day.query.ts';
import { closeOnce } from './settle-day.handler.ts';

const [PIP, JAY, MIA, REN] = [1, 2, 3, 4].map((n) => fixtureId(1, n)) as [string, string, string, string];

const TIME = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

let books: Restorable<Books>;
let today: string;
beforeAll(async () => {
  // A reward is more than its fee, so that a task that was completed leaves something to pay.
  books = await restorable(await openBooks({ rewardRange: { min: 21, max: 40 } }), 'accounting');
});
afterAll(() => books.close());
beforeEach(async () => {
  await books.restore();
  today = await openDueDays(books.database, calendarOf(books.config));
});
afterEach(async () => {
  expect(await brokenInvariants(books.database)).toEqual([]);
});

const show = (day = today) => showDay(books.database, books.config, day);
const lineKinds = async (...owners: string[]) =>
  (await linesOf(books.database, ...owners)).map(({ key, amount, balance }) => ({
    key: key.replace(/:.*/, ''),
    amount,
    balance,
  }));
const openDay = () => books.database.inTransaction(async (tx) => (await readOpenDay(tx)).day);

describe('the close of a day', () => {
  it('ACC-5: pays every positive balance completely, as the last line of the day; a debt is carried over', async () => {
    await bookAll(books, [
      postingRequest(PIP, 700),
      postingRequest(PIP, -200),
      postingRequest(JAY, -300),
      postingRequest(MIA, 50),
      postingRequest(MIA, -50),
    ]);
    await end(books, today);
    expect(await closeAll(books)).toEqual(['settled', 'settled', 'closed']);
    expect(await lineKinds(PIP)).toEqual([
      { key: 'request', amount: 700, balance: 700 },
      { key: 'request', amount: -200, balance: 500 },
      { key: 'payout', amount: -500, balance: 0 },
    ]);
    expect(await lineKinds(JAY)).toEqual([{ key: 'request', amount: -300, balance: -300 }]);
    expect(await lineKinds(MIA)).toHaveLength(2);
    expect(await show()).toEqual({
      businessDay: today,
      status: 'closed',
      currency: 'USD',
      payouts: 1,
      totalPaid: 500,
      toPay: 0,
      carriedOver: 300,
      debtors: 1,
      fees: 0,
      rewards: 0,
      others: 200,
      endedAt: expect.stringMatching(TIME),
      endedBy: { id: requestOf().actor.userId, name: null },
      closedAt: expect.stringMatching(TIME),
      head: expect.stringMatching(/^[0-9a-f]{64}$/),
      block: expect.any(Number),
    });
    const [line] = (await linesOf(books.database, PIP)).slice(-1);
    expect(line?.key).toBe(`payout:${PIP}:${today}`);
  });

  it('ACC-5: pays against the bank, on the ended day, although it is booked on the next', async () => {
    await give(books, PIP, 700);
    await end(books, today);
    await closeAll(books);
    const rows = await books.database.rows(
      `SELECT posting.business_day::text AS day, occurred_at = date_trunc('milliseconds', ended_at) AS "whenItEnded", posted_at >= ended_at AS later,
         account_id AS account, amount
       FROM posting JOIN entry ON posting_id = posting.id JOIN business_day ON day = posting.business_day
       WHERE kind = 'payout' AND account_sequence IS NULL`,
    );
    expect(rows).toEqual([{ day: today, whenItEnded: true, later: true, account: 2, amount: 700 }]);
  });

  it('ACC-5: pays only employees', async () => {
    await bookAll(books, [postingRequest(PIP, 700, { ownerType: 'vendor' }), postingRequest(JAY, 10)]);
    await end(books, today);
    await closeAll(books);
    expect(await show()).toMatchObject({ payouts: 1, totalPaid: 10 });
    expect(await lineKinds(PIP)).toEqual([{ key: 'request', amount: 700, balance: 700 }]);
  });

  it('ACC-9: publishes each payout with the number of the other lines, the balance, and the day', async () => {
    await introduce(books, PIP);
    await books.book([created(fixtureId(2, 1), PIP), created(fixtureId(2, 2), PIP)]);
    await books.book([completed(fixtureId(2, 1), 2, PIP), completed(fixtureId(2, 2), 2, PIP)]);
    await give(books, JAY, -40);
    const [paid] = (await linesOf(books.database, PIP)).slice(-1);
    const request = requestOf();
    await end(books, today, false, request);
    await closeAll(books);

    expect(await eventsIn(books.database, payoutMade)).toEqual([
      {
        subject: `account/${PIP}`,
        sequence: 5,
        data: {
          payoutId: expect.any(String),
          entryId: expect.any(String),
          employeeId: PIP,
          amount: paid?.balance,
          currency: 'USD',
          businessDay: today,
          operations: 4,
          occurredAt: expect.any(Number),
        },
      },
    ]);
    expect((await eventsIn(books.database, balanceChanged)).at(-1)).toMatchObject({
      subject: `balance/${PIP}`,
      data: { ownerId: PIP, balance: 0 },
    });
    const company = await readCompany(books.database, books.config, {});
    const { fees = 0, rewards = 0, result } = company.items[1] ?? {};
    expect(await eventsIn(books.database, dayClosed)).toEqual([
      {
        subject: `day/${today}`,
        sequence: 1,
        data: {
          businessDay: today,
          currency: 'USD',
          fees,
          rewards,
          result,
          payouts: 1,
          totalPaid: paid?.balance,
          carriedOver: 40,
          entries: 12,
          head: (await show()).head,
          closedAt: expect.any(Number),
        },
      },
    ]);
    const causes = await books.database.rows(
      `SELECT DISTINCT actor_id AS actor, actor_address AS address, correlation_id AS correlation FROM outbox
       WHERE type IN ('accounting.payout.made.v1', 'accounting.day.closed.v1')`,
    );
    expect(causes).toEqual([{ actor: request.actor.userId, address: '192.0.2.9', correlation: 'a-request' }]);
  });

  it('ACC-6: repeated by hand or by the loop, pays nobody twice and gives the same result', async () => {
    await give(books, PIP, 700);
    await end(books, today);
    await closeAll(books);
    const before = await journalText(books.database);
    const closed = await show();
    expect(await end(books, today)).toEqual(closed);
    expect(await end(books, today, true)).toEqual(closed);
    expect(await closeAll(books)).toEqual([]);
    expect(await journalText(books.database)).toBe(before);
    expect(await eventsIn(books.database, dayClosed)).toHaveLength(1);
  });

  it('ACC-6: in chunks of one account gives the same result as in one chunk', async () => {
    await bookAll(books, [postingRequest(PIP, 700), postingRequest(JAY, -5), postingRequest(MIA, 20)]);
    await end(books, today);
    // Passes: two for the company and the bank, three for employees, and one that finds no more
    // accounts.
    expect(await closeAll(books, 1)).toEqual([...Array(6).fill('settled'), 'closed']);
    expect(await show()).toMatchObject({ status: 'closed', payouts: 2, totalPaid: 720, carriedOver: 5 });
  });
});

describe('a preview', () => {
  it('ACC-6: previews payouts and debts carried over, and changes nothing', async () => {
    await bookAll(books, [
      postingRequest(PIP, 700),
      postingRequest(JAY, -300),
      postingRequest(MIA, 50),
      postingRequest(REN, -1),
    ]);
    const before = await journalText(books.database);
    expect(await end(books, today, true)).toEqual({
      businessDay: today,
      status: 'open',
      currency: 'USD',
      payouts: 2,
      totalPaid: 750,
      toPay: 2,
      carriedOver: 301,
      debtors: 2,
      fees: 0,
      rewards: 0,
      others: 449,
      endedAt: null,
      endedBy: null,
      closedAt: null,
      head: null,
      block: null,
    });
    expect(await openDay()).toBe(today);
    expect(await journalText(books.database)).toBe(before);
    await end(books, today);
    await closeAll(books);
    expect(await show()).toMatchObject({ payouts: 2, totalPaid: 750, carriedOver: 301 });
  });

  it('ACC-6: of a closing day previews what it finally pays', async () => {
    await bookAll(books, [postingRequest(PIP, 700), postingRequest(JAY, 20), postingRequest(MIA, -30)]);
    await end(books, today);
    // Lines of the next day change nothing on this one.
    await bookAll(books, [postingRequest(MIA, 1_000), postingRequest(REN, -4)]);
    // Passes the company, the bank, then Pip.
    for (let pass = 0; pass < 3; pass++) await closeOnce(books.database, books.config, 1);
    expect(await show()).toMatchObject({ status: 'closing', payouts: 1, totalPaid: 700 });
    const previewed = await end(books, today, true);
    expect(previewed).toMatchObject({ status: 'closing', payouts: 2, totalPaid: 720, carriedOver: 30 });
    await closeAll(books);
    expect(await show()).toMatchObject({ payouts: 2, totalPaid: 720, carriedOver: 30 });
  });
});

describe('closing by hand', () => {
  it('ACC-6: ends the current day immediately; later events are booked on the next', async () => {
    await give(books, PIP, 700);
    expect(await end(books, today)).toMatchObject({ status: 'closing', payouts: 0 });
    expect(await openDay()).toBe(dayAfter(today));
    await give(books, PIP, 30);
    expect(await lineKinds(PIP)).toEqual([
      { key: 'request', amount: 700, balance: 700 },
      { key: 'payout', amount: -700, balance: 0 },
      { key: 'request', amount: 30, balance: 30 },
    ]);
    await closeAll(books);
    expect(await show()).toMatchObject({ status: 'closed', payouts: 1, totalPaid: 700 });
    expect(await show(dayAfter(today))).toMatchObject({ status: 'open', payouts: 0, totalPaid: 0 });
  });

  it('ACC-6: by two callers at once ends one day', async () => {
    await give(books, PIP, 700);
    await Promise.all(Array.from({ length: 6 }, () => end(books, today)));
    expect(await openDay()).toBe(dayAfter(today));
    await closeAll(books);
    expect(await show()).toMatchObject({ payouts: 1, totalPaid: 700 });
  });

  it('ACC-6: with one Idempotency-Key ends one day and answers the same', async () => {
    await give(books, PIP, 700);
    await end(books, today, false, requestOf('key-1'));
    await closeAll(books);
    const closed = await show();
    expect(await end(books, today, false, requestOf('key-1'))).toEqual(closed);
    expect(await openDay()).toBe(dayAfter(today));
  });

  it('ACC-6: of the next day, while this one is still paying, pays each day once and this one first', async () => {
    await bookAll(books, [postingRequest(PIP, 700), postingRequest(JAY, 20)]);
    await end(books, today);
    const next = dayAfter(today);
    await give(books, JAY, 5);
    await end(books, next);
    await closeAll(books, 1);
    expect(await show()).toMatchObject({ status: 'closed', payouts: 2, totalPaid: 720 });
    expect(await show(next)).toMatchObject({ status: 'closed', payouts: 1, totalPaid: 5 });
    expect((await eventsIn(books.database, dayClosed)).map(({ subject }) => subject)).toEqual([
      `day/${today}`,
      `day/${next}`,
    ]);
  });

  it.each([
    ['a day after the open one', () => dayAfter(today), 'day_not_begun'],
    ['a day far off', () => '2999-12-31', 'day_not_begun'],
    ['a day before the first', () => dayAfter(today, -1), 'not_found'],
    ['a date that does not exist', () => '2026-02-30', 'validation_failed'],
  ])('ACC-6: refuses %s, also as a preview, and changes nothing', async (_, day, type) => {
    await give(books, PIP, 700);
    const before = await journalText(books.database);
    await expect(end(books, day())).rejects.toMatchObject({ type });
    await expect(end(books, day(), true)).rejects.toMatchObject({ type });
    expect(await journalText(books.database)).toBe(before);
    expect(await openDay()).toBe(today);
  });
});

describe('a late event', () => {
  it('ACC-6: is booked on the open day with both dates, and a completion of yesterday is paid today', async () => {
    const task = fixtureId(2, 1);
    await books.book([created(task, PIP)]);
    await end(books, today);
    await closeAll(books);
    await books.book([completed(task, 2, PIP), reassigned(task, 7, PIP)]);
    const rows = await books.database.rows(
      `SELECT key, business_day::text AS day, occurred_at < posted_at AS earlier FROM posting ORDER BY id`,
    );
    expect(rows).toEqual([
      { key: `charge:${task}:1`, day: today, earlier: true },
      { key: `reward:${task}`, day: dayAfter(today), earlier: true },
      { key: `charge:${task}:7`, day: dayAfter(today), earlier: true },
    ]);
  });

  it('ACC-2: of an ended day, delivered again after it, is not booked again', async () => {
    const batch = [created(fixtureId(2, 1), PIP), completed(fixtureId(2, 1), 2, PIP)];
    await introduce(books, PIP);
    await books.book(batch);
    await end(books, today);
    await books.book(batch);
    await closeAll(books);
    await books.book(batch);
    expect((await lineKinds(PIP)).map(({ key }) => key)).toEqual(['charge', 'reward', 'payout']);
  });
});

describe("the company's results", () => {
  it('ACC-4: are fees less rewards by day, the newest first, the open day included', async () => {
    const task = fixtureId(2, 1);
    await books.book([created(task, PIP), completed(task, 2, PIP)]);
    await bookAll(books, [postingRequest(PIP, 5_000), postingRequest(JAY, -9_000)]);
    await end(books, today);
    await books.book([reassigned(task, 7, JAY)]);
    const [price] = await books.database.rows<{ fee: number; reward: number }>(
      'SELECT fee, reward FROM price',
    );
    const { fee = 0, reward = 0 } = price ?? {};
    const paid = reward - fee + 5_000;
    const next = dayAfter(today);
    const open = { businessDay: next, result: fee, fees: fee, rewards: 0, payouts: 0, closed: false };
    const first = { businessDay: today, result: fee - reward, fees: fee, rewards: reward };
    const read = (params = {}) => readCompany(books.database, books.config, params);
    expect((await read()).items).toEqual([open, { ...first, payouts: 0, closed: false }]);
    await closeAll(books);
    const whole = [open, { ...first, payouts: paid, closed: true }];
    expect(await read()).toEqual({ currency: 'USD', items: whole, nextCursor: null });
    expect((await read({ from: next, to: next })).items).toEqual([open]);
    expect((await read({ from: today, to: today })).items).toEqual(whole.slice(1));
    expect((await read({ to: today })).items).toEqual(whole.slice(1));
    expect((await read({ from: '2999-01-01' })).items).toEqual([]);
    const page = await read({ limit: 1 });
    expect(page.items).toEqual([open]);
    expect((await read({ limit: 1, cursor: page.nextCursor })).items).toEqual(whole.slice(1));
  });

  it.each([
    [{ from: '2026-03-02', to: '2026-03-01' }, 'validation_failed'],
    [{ from: '2025-01-01', to: '2026-03-01' }, 'validation_failed'],
    [{ from: '2020-01-01' }, 'validation_failed'],
    [{ from: '2026-02-30' }, 'validation_failed'],
    [{ cursor: 'nonsense' }, 'invalid_cursor'],
  ])('ACC-4: refuses %j', async (params, type) => {
    await expect(readCompany(books.database, books.config, params)).rejects.toMatchObject({ type });
  });
});

describe('a day as clients see it', () => {
  it.each([
    ['before the first', () => dayAfter(today, -1), 'not_found'],
    ['after the open one', () => dayAfter(today), 'not_found'],
    ['that does not exist', () => '2026-13-01', 'validation_failed'],
  ])('ACC-6: is refused %s', async (_, day, type) => {
    await expect(show(day())).rejects.toMatchObject({ type });
  });
});
