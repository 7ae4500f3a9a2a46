/**
 * The close of a day on which 100,000 people are due. bench/close-day.ts measures its time and
 * memory.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { calendarOf } from '#mixins/calendar.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import { type Books, brokenInvariants, openBooks } from '../books.fixture.ts';
import { sealAll } from '../seal/seal.fixture.ts';
import { fixtureId } from '../tasks/task-history.fixture.ts';
import { end, seedDay } from './days.fixture.ts';
import { openDueDays } from './open-day.handler.ts';
import { showDay } from './read-day.query.ts';
import { ACCOUNTS_A_CHUNK, closeOnce } from './settle-day.handler.ts';

const PEOPLE = 100_000;
let books: Books;
beforeAll(async () => {
  books = await openBooks();
});
afterAll(() => books.close());

/** Wraps a database. `mostRows` is the largest number of rows that one statement returned. */
function counted(database: Database): { readonly database: Database; mostRows(): number } {
  let most = 0;
  const counting = (tx: Tx): Tx => ({
    ...tx,
    async rows<Row extends object>(sql: string, bind?: readonly unknown[]): Promise<Row[]> {
      const rows = await tx.rows<Row>(sql, bind);
      most = Math.max(most, rows.length);
      return rows;
    },
  });
  return {
    database: { ...database, inTransaction: (work) => database.inTransaction((tx) => work(counting(tx))) },
    mostRows: () => most,
  };
}

async function owed() {
  const [row] = await books.database.rows<{ people: number; amount: number; debts: number }>(
    `SELECT count(*) FILTER (WHERE balance > 0)::int AS people, coalesce(sum(balance) FILTER (WHERE balance > 0), 0)::bigint AS amount,
       coalesce(-sum(balance) FILTER (WHERE balance < 0), 0)::bigint AS debts
     FROM account WHERE owner_type = 'employee'`,
  );
  return { people: Number(row?.people), amount: Number(row?.amount), debts: Number(row?.debts) };
}

describe('a day of 100,000 accounts', () => {
  it('G27, ACC-5, ACC-6: is closed in chunks, never reads more than one of them, and pays everybody once', async () => {
    const { database, config } = books;
    const today = await openDueDays(database, calendarOf(config));
    const people = Array.from({ length: PEOPLE }, (_, n) => fixtureId(1, n));
    await seedDay(database, today, people, 2);
    const before = await owed();
    expect(before.people).toBeGreaterThan(PEOPLE / 2);
    expect(before.debts).toBeGreaterThan(0);
    await end(books, today);

    const chunks: number[] = [];
    const closing = counted(database);
    for (let pass = await closeOnce(closing.database, config); pass.outcome !== 'idle'; ) {
      if (pass.outcome === 'settled') chunks.push(pass.accounts);
      if (pass.outcome === 'waiting') await sealAll(database);
      pass = await closeOnce(closing.database, config);
    }
    expect(closing.mostRows()).toBeGreaterThan(0);
    expect(closing.mostRows()).toBeLessThanOrEqual(ACCOUNTS_A_CHUNK);
    expect(Math.max(...chunks)).toBeLessThanOrEqual(ACCOUNTS_A_CHUNK);
    expect(chunks.reduce((sum, accounts) => sum + accounts, 0)).toBe(before.people);

    expect(await owed()).toEqual({ people: 0, amount: 0, debts: before.debts });
    expect(await showDay(database, config, today)).toMatchObject({
      status: 'closed',
      payouts: before.people,
      totalPaid: before.amount,
      carriedOver: before.debts,
    });
    const [published] = await database.rows<{ events: number; people: number }>(
      `SELECT count(*)::int AS events, count(DISTINCT aggregate)::int AS people FROM outbox WHERE type = 'accounting.payout.made.v1'`,
    );
    expect(published).toEqual({ events: before.people, people: before.people });
    expect(await brokenInvariants(database)).toEqual([]);
  }, 240_000);
});
