import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { calendarOf, dayAfter } from '#mixins/calendar.ts';
import { ownerRole, runtimeRole } from '#mixins/names.ts';
import { type Books, brokenInvariants, openBooks } from './books.fixture.ts';
import { bookAll, closeAll, end, give, postingRequest } from './days/days.fixture.ts';
import { openDueDays } from './days/open-day.handler.ts';
import { showDay } from './days/read-day.query.ts';
import * as closeDays from './migrations/0005_close_days.ts';
import * as keepOwners from './migrations/0011_keep_owners.ts';
import * as sumFreePostings from './migrations/0012_sum_free_postings.ts';
import * as sumDayOfAccount from './migrations/0014_sum_the_day_of_an_account.ts';
import * as countDebtors from './migrations/0017_count_debtors.ts';
import * as fillTotals from './migrations/0018_fill_totals_of_days.ts';
import { created, fixtureId } from './tasks/task-history.fixture.ts';

const PIP = fixtureId(1, 1);
const JAY = fixtureId(1, 2);

let books: Books;
beforeEach(async () => {
  books = await openBooks();
});
afterEach(() => books.close());

/**
 * Inserts lines as they were before days were closed. Each is an employee, a day, an amount, its
 * number and the balance after it.
 */
async function insertLines(
  ...lines: readonly (readonly [string, string, number, number, number])[]
): Promise<void> {
  for (const [owner, day, amount, sequence, balance] of lines) {
    await books.asOwner(
      `WITH posted AS (
         INSERT INTO posting (public_id, key, kind, business_day, occurred_at)
         VALUES (gen_random_uuid(), gen_random_uuid()::text, '${amount < 0 ? 'fee' : 'reward'}', '${day}', now()) RETURNING id
       )
       INSERT INTO entry (posting_id, account_id, amount, business_day, account_sequence, balance_after)
       SELECT posted.id, leg.* FROM posted, account, LATERAL (VALUES
         (account.id, ${amount}::bigint, '${day}'::date, ${sequence}::bigint, ${balance}::bigint), (1, ${-amount}, '${day}', NULL, NULL)
       ) AS leg WHERE owner_id = '${owner}'`,
    );
  }
}

describe('books from before days were closed', () => {
  it('ACC-5, ACC-6: are closed day by day, and accumulated balances are paid on the day of their last line', async () => {
    const run = async (sql: string) => void (await books.asOwner(sql));
    const roles = {
      runtimeRole: runtimeRole(books.config.namespace, 'accounting'),
      ownerRole: ownerRole(books.config.namespace, 'accounting'),
    };
    await sumDayOfAccount.down(run);
    await sumFreePostings.down(run);
    await keepOwners.down(run, roles);
    await closeDays.down(run);
    await books.asOwner(
      `INSERT INTO business_day (day, opened_at, ended_at) VALUES
         ('2026-03-01', now(), now()), ('2026-03-02', now(), now()), ('2999-03-03', now(), NULL)`,
    );
    await books.asOwner(
      `INSERT INTO account (owner_type, owner_id, balance, entry_count)
       VALUES ('employee', '${PIP}', 60, 3), ('employee', '${JAY}', -5, 1)`,
    );
    await insertLines(
      [PIP, '2026-03-01', 100, 1, 100],
      [PIP, '2026-03-01', -30, 2, 70],
      [PIP, '2026-03-02', -10, 3, 60],
      [JAY, '2026-03-01', -5, 1, -5],
    );
    await closeDays.up(run, roles);
    await keepOwners.up(run, roles);
    await sumFreePostings.up(run);
    await sumDayOfAccount.up(run, roles);
    // The first posting after it pays what the ended day owes.
    await give(books, PIP, 8);
    await closeAll(books);
    const show = (day: string) => showDay(books.database, books.config, day);
    // A missed payout is not made up for on its old day: the day had no payouts.
    expect(await show('2026-03-01')).toMatchObject({ status: 'closed', payouts: 0, carriedOver: 5 });
    expect(await show('2026-03-02')).toMatchObject({ status: 'closed', payouts: 1, totalPaid: 60 });
    const broken = await brokenInvariants(books.database);
    // Except for that day's balance, which cannot be corrected any more, the books are in order.
    expect(broken.map(({ what }) => what.replace(/account \d+/, 'account'))).toEqual([
      'account ends day 2026-03-01 with 70',
    ]);
  });
});

describe('books from before free postings were summed', () => {
  it('ACC-7, ACC-10: count the free postings of days that are not closed, once', async () => {
    const run = async (sql: string) => void (await books.asOwner(sql));
    await bookAll(books, [postingRequest(PIP, 8), postingRequest(PIP, -3), postingRequest(JAY, 70)]);
    await books.book([created(fixtureId(2, 1), PIP)]);
    await sumFreePostings.down(run);
    // As if more than one backend had booked on the day.
    await books.asOwner(
      'INSERT INTO day_total SELECT business_day, -1 - shard, 0, 0, 0, 0, 0 FROM day_total',
    );
    await sumFreePostings.up(run);
    const sums = () =>
      books.database.rows(
        'SELECT sum(income)::bigint AS income, sum(expense)::bigint AS expense FROM day_total',
      );
    expect(await sums()).toEqual([{ income: 78, expense: 3 }]);
    await give(books, JAY, 100);
    expect(await sums()).toEqual([{ income: 178, expense: 3 }]);
  });
});

describe('books from before days had all of their totals', () => {
  it('ACC-6: get the totals of closed days, also of one that an older release closes afterwards', async () => {
    const run = async (sql: string) => void (await books.asOwner(sql));
    const first = await openDueDays(books.database, calendarOf(books.config));
    const second = dayAfter(first);
    await bookAll(books, [postingRequest(PIP, 8), postingRequest(JAY, -70)]);
    await end(books, first);
    await closeAll(books);
    await bookAll(books, [postingRequest(PIP, 5), postingRequest(JAY, 100)]);
    const totals = async (day: string) => {
      const { debtors, others } = await showDay(books.database, books.config, day);
      return { debtors, others };
    };
    const closed = await totals(first);
    expect(closed).toEqual({ debtors: 1, others: -62 });
    await countDebtors.down(run);
    await countDebtors.up(run);
    expect(await totals(first)).toEqual({ debtors: 1, others: 0 });
    await fillTotals.up(run);
    expect(await totals(first)).toEqual(closed);
    await end(books, second);
    await closeAll(books);
    expect(await totals(second)).toEqual({ debtors: 0, others: 105 });
    expect(await brokenInvariants(books.database)).toEqual([]);
  });
});
