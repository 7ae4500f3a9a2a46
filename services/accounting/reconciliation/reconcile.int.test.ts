/** The facts for the reconciliation (ANA-6), from a database without statistics. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reading } from '#mixins/reconciliation/facts.store.ts';
import { MAX_RANGES } from '#schemas/reconciliation.ts';
import { type Books, openBooks } from '../books.fixture.ts';
import { created, fixtureId, reassigned } from '../tasks/task-history.fixture.ts';
import { accountingChecks } from './reconcile-checks.store.ts';
import { accountingSets } from './reconcile-facts.store.ts';

/**
 * Comparing every line with every price would exceed a statement's ten seconds before this number.
 */
const TASKS = 800;
const ASSIGNMENTS = 10;
/** The same for comparing every range with every price. */
const PRICES = 150_000;

let books: Books;
beforeAll(async () => {
  books = await openBooks();
  // As in the minute before autovacuum looks for the first time.
  for (const table of ['posting', 'entry', 'account', 'price'])
    await books.asOwner(`ALTER TABLE ${table} SET (autovacuum_enabled = off)`);
  const employee = (n: number) => fixtureId(1, n % 50);
  for (let version = 1; version <= ASSIGNMENTS; version++) {
    const batch = Array.from({ length: TASKS }, (_, n) => {
      const task = fixtureId(2, n);
      return version === 1 ? created(task, employee(n)) : reassigned(task, version, employee(n + version));
    });
    await books.book(batch);
  }
});
afterAll(() => books.close());

describe('a journal that has just grown', () => {
  it.each(Object.entries(accountingChecks))('ANA-6: is checked in time: %s', async (_, check) => {
    let after: string | null = null;
    do {
      const page = await reading(books.database, (tx) => check(tx, after));
      expect(page).toMatchObject({ differences: [], counts: {} });
      after = page.next;
    } while (after !== null);
  });
});

describe('a journal with many faults', () => {
  it('ANA-6: is checked with 50 of each kind named, and all of them counted', async () => {
    const fees = `SELECT id FROM posting WHERE kind = 'fee' ORDER BY id`;
    await books.asOwner('ALTER TABLE entry DISABLE TRIGGER ALL');
    const change = async (by: number) => {
      await books.asOwner(
        `UPDATE entry SET amount = amount + ${by} WHERE account_sequence IS NOT NULL AND posting_id IN (${fees} LIMIT 60)`,
      );
      await books.asOwner(
        `UPDATE entry SET amount = amount + ${by} * sign(amount) WHERE posting_id IN (${fees} DESC LIMIT 2)`,
      );
    };
    await change(1);
    const { differences, counts } = await reading(
      books.database,
      (tx) => accountingChecks.journal?.(tx, null) ?? Promise.reject(new Error('There is no such check')),
    );
    await change(-1);
    expect(counts).toEqual({ posting_unbalanced: 60, line_mispriced: 2 });
    const named = differences.map(({ code }) => code);
    expect(named.filter((code) => code === 'posting_unbalanced')).toHaveLength(50);
    expect(named.filter((code) => code === 'line_mispriced')).toHaveLength(2);
  });
});

describe('prices that have just been made', () => {
  it('ANA-6: are read in time, however many ranges are requested', async () => {
    await books.asOwner(
      `INSERT INTO price (reference_type, reference_id, fee, reward, currency)
       SELECT 'task', ('${fixtureId(3, 0).slice(0, 24)}' || lpad(to_hex(n), 12, '0'))::uuid, 1500, 3000, 'USD' FROM generate_series(1, ${PRICES}) AS n`,
    );
    const ranges = Array.from({ length: MAX_RANGES }, (_, n) => ({
      low: fixtureId(3, n + 1),
      high: fixtureId(3, n + 2),
    }));
    const { facts } = await reading(books.database, async (tx) => {
      const list = await accountingSets.price?.facts(tx, ranges, null);
      return list ?? { facts: [] };
    });
    expect(facts.map(({ group }) => group)).toEqual(ranges.map(({ low }) => low));
  });
});
