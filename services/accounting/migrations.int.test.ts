import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ownerRole, runtimeRole } from '../../mixins/names.ts';
import { type Books, brokenInvariants, openBooks } from './books.fixture.ts';
import { closeAll, give } from './days.fixture.ts';
import * as closeDays from './migrations/0005_close_days.ts';
import * as keepOwners from './migrations/0011_keep_owners.ts';
import * as sumFreePostings from './migrations/0012_sum_free_postings.ts';
import { showDay } from './read-day.handler.ts';
import { fixtureId } from './task-history.fixture.ts';

const PIP = fixtureId(1, 1);
const JAY = fixtureId(1, 2);

let books: Books;
beforeEach(async () => {
  books = await openBooks();
});
afterEach(() => books.close());

/** Lines as they were booked before days were closed: an employee, a day, an amount, its number and the balance after it each. */
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

describe('books that were kept before days were closed', () => {
  it('ACC-5, ACC-6: are closed day by day, and what had piled up is paid on the day of its last line', async () => {
    const run = async (sql: string) => void (await books.asOwner(sql));
    const roles = {
      runtimeRole: runtimeRole(books.config.namespace, 'accounting'),
      ownerRole: ownerRole(books.config.namespace, 'accounting'),
    };
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
    // The first posting after it pays what the ended day owes.
    await give(books, PIP, 8);
    await closeAll(books);
    const show = (day: string) => showDay(books.database, books.config, day);
    // What was not paid when it should have been does not come back: the day had no payouts.
    expect(await show('2026-03-01')).toMatchObject({ status: 'closed', payouts: 0, carriedOver: 5 });
    expect(await show('2026-03-02')).toMatchObject({ status: 'closed', payouts: 1, totalPaid: 60 });
    const broken = await brokenInvariants(books.database);
    // But for that day's balance, which nothing can mend any more, the books are in order.
    expect(broken.map(({ what }) => what.replace(/account \d+/, 'account'))).toEqual([
      'account ends day 2026-03-01 with 70',
    ]);
  });
});
