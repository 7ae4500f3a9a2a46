/** The close of a day on which a hundred thousand people are owed something. How long it takes is measured in bench/close-day.ts. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Books, brokenInvariants, openBooks } from './books.fixture.ts';
import { calendarOf } from './day.ts';
import { end, seedDay } from './days.fixture.ts';
import { openDueDays } from './open-day.handler.ts';
import { showDay } from './read-day.handler.ts';
import { sealAll } from './seal.fixture.ts';
import { ACCOUNTS_A_CHUNK, closeOnce } from './settle-day.handler.ts';
import { fixtureId } from './task-history.fixture.ts';

const PEOPLE = 100_000;
/** Kept, the payouts of all would take ten times as much and more, in bytes. */
const ROOM = 10 * 2 ** 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

let books: Books;
beforeAll(async () => {
  books = await openBooks();
});
afterAll(() => books.close());

async function owed() {
  const [row] = await books.database.rows<{ people: number; amount: number; debts: number }>(
    `SELECT count(*) FILTER (WHERE balance > 0)::int AS people, coalesce(sum(balance) FILTER (WHERE balance > 0), 0)::bigint AS amount,
       coalesce(-sum(balance) FILTER (WHERE balance < 0), 0)::bigint AS debts
     FROM account WHERE owner_type = 'employee'`,
  );
  return { people: Number(row?.people), amount: Number(row?.amount), debts: Number(row?.debts) };
}

describe('a day of 100,000 accounts', () => {
  it('ACC-5, ACC-6: is closed in chunks, in memory that does not grow, and everybody is paid once', async () => {
    const { database, config } = books;
    const today = await openDueDays(database, calendarOf(config));
    const people = Array.from({ length: PEOPLE }, (_, n) => fixtureId(1, n));
    await seedDay(database, today, people, 2);
    const before = await owed();
    expect(before.people).toBeGreaterThan(PEOPLE / 2);
    expect(before.debts).toBeGreaterThan(0);
    await end(books, today);

    const chunks: number[] = [];
    let atFirst: number | undefined;
    for (let pass = await closeOnce(database, config); pass.outcome !== 'idle'; ) {
      if (pass.outcome === 'settled') chunks.push(pass.accounts);
      if (pass.outcome === 'waiting') await sealAll(database);
      if (chunks.length === 20) atFirst ??= heapInUse();
      pass = await closeOnce(database, config);
    }
    expect(heapInUse() - (atFirst ?? 0)).toBeLessThan(ROOM);
    expect(Math.max(...chunks)).toBeLessThanOrEqual(ACCOUNTS_A_CHUNK);
    expect(chunks.reduce((sum, accounts) => sum + accounts, 0)).toBe(before.people);

    expect(await owed()).toEqual({ people: 0, amount: 0, debts: before.debts });
    expect(await showDay(database, config, today)).toMatchObject({
      status: 'closed',
      payouts: before.people,
      totalPaid: before.amount,
      carriedOver: before.debts,
    });
    const [told] = await database.rows<{ events: number; people: number }>(
      `SELECT count(*)::int AS events, count(DISTINCT aggregate)::int AS people FROM outbox WHERE type = 'accounting.payout.made.v1'`,
    );
    expect(told).toEqual({ events: before.people, people: before.people });
    expect(await brokenInvariants(database)).toEqual([]);
  }, 240_000);
});
