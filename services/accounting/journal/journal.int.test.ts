import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { constraintOf, sqlStateOf } from '#mixins/database/errors.ts';
import { type Books, brokenInvariants, journalText, openBooks } from '../books.fixture.ts';
import { completed, created, fixtureId } from '../tasks/task-history.fixture.ts';

const PIP = fixtureId(1, 1);
const TASK_1 = fixtureId(2, 1);
const DAY = `(SELECT day FROM business_day WHERE ended_at IS NULL)`;

let books: Books;
beforeAll(async () => {
  books = await openBooks();
  await books.book([created(TASK_1, PIP), completed(TASK_1, 2, PIP)]);
});
afterAll(() => books.close());

const asRuntime = (sql: string) => books.database.inTransaction((tx) => tx.run(sql));

/** The error that refuses an attempt. Fails if the attempt succeeds or leaves something behind. */
async function refusal(attempt: () => Promise<unknown>): Promise<{ state: unknown; constraint: unknown }> {
  const before = await journalText(books.database);
  const error = await attempt().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(await journalText(books.database)).toBe(before);
  return { state: sqlStateOf(error), constraint: constraintOf(error) };
}

/** A posting with these entries, each written as account, amount, day, number and balance. */
const insertPosting = (legs: readonly string[], key = 'test:1', id = 1_000_000): string => `
  WITH posted AS (
    INSERT INTO posting (id, public_id, key, kind, business_day, occurred_at)
    VALUES (${id}, gen_random_uuid(), '${key}', 'test', ${DAY}, now())
  )
  INSERT INTO entry (posting_id, account_id, amount, business_day, account_sequence, balance_after)
  VALUES ${legs.map((leg) => `(${id}, ${leg})`).join(', ')}`;

describe('the journal, for the role that the service runs as', () => {
  it.each([
    'UPDATE posting SET note = $$forged$$',
    'UPDATE entry SET amount = 0',
    'DELETE FROM posting',
    'DELETE FROM entry WHERE false',
    'TRUNCATE posting',
    'TRUNCATE entry',
    'DELETE FROM account',
    `UPDATE account SET owner_id = '${fixtureId(1, 2)}'`,
    'UPDATE account SET owner_type = owner_type',
    'UPDATE price SET fee = 0',
    'DELETE FROM price',
    'UPDATE secret SET value = value',
  ])('ACC-7: refuses %s for lack of the right', async (sql) => {
    expect(await refusal(() => asRuntime(sql))).toMatchObject({ state: '42501' });
  });
});

describe('the journal, for the owner of its tables', () => {
  it.each([
    'UPDATE posting SET note = $$forged$$',
    'UPDATE entry SET amount = 0',
    'UPDATE entry SET amount = 0 WHERE false',
    'DELETE FROM posting',
    'DELETE FROM entry',
    'TRUNCATE posting',
    'TRUNCATE entry, posting',
    `UPDATE account SET owner_id = '${fixtureId(1, 2)}' WHERE id = 1`,
  ])('ACC-7: refuses %s by its trigger', async (sql) => {
    expect(await refusal(() => books.asOwner(sql))).toMatchObject({ state: '23001' });
  });
});

describe('a posting', () => {
  const pipsAccount = `(SELECT id FROM account WHERE owner_id = '${PIP}')`;

  it('ACC-7: whose entries do not sum to zero is refused', async () => {
    const sql = insertPosting([`${pipsAccount}, 100, ${DAY}, 3, 100`, `1, -99, ${DAY}, NULL, NULL`]);
    expect(await refusal(() => asRuntime(sql))).toEqual({ state: '23514', constraint: 'entry_zero_sum_ck' });
  });

  it('with one entry is refused', async () => {
    const sql = insertPosting([`1, -99, ${DAY}, NULL, NULL`]);
    expect(await refusal(() => asRuntime(sql))).toEqual({ state: '23514', constraint: 'entry_zero_sum_ck' });
  });

  it('without entries is refused', async () => {
    const sql = `INSERT INTO posting (public_id, key, kind, business_day, occurred_at)
      VALUES (gen_random_uuid(), 'test:2', 'test', ${DAY}, now())`;
    expect(await refusal(() => asRuntime(sql))).toEqual({ state: '23514', constraint: 'posting_entries_ck' });
  });

  it('ACC-7: accepts no further entry that would unbalance it', async () => {
    const sql = `INSERT INTO entry (posting_id, account_id, amount, business_day)
      SELECT id, 999, 1, business_day FROM posting LIMIT 1`;
    expect(await refusal(() => asRuntime(sql))).toEqual({ state: '23514', constraint: 'entry_zero_sum_ck' });
  });

  it('has its entries on its own business day', async () => {
    const sql = insertPosting([`${pipsAccount}, 100, ${DAY} + 1, 3, 100`, `1, -100, ${DAY}, NULL, NULL`]);
    expect(await refusal(() => asRuntime(sql))).toEqual({ state: '23514', constraint: 'entry_zero_sum_ck' });
  });

  it('that does not exist has no entries', async () => {
    const sql = `INSERT INTO entry (posting_id, account_id, amount, business_day)
      VALUES (999999, 1, 1, ${DAY}), (999999, ${pipsAccount}, -1, ${DAY})`;
    expect(await refusal(() => asRuntime(sql))).toEqual({ state: '23514', constraint: 'entry_zero_sum_ck' });
  });

  it('on an account that does not exist is refused', async () => {
    const sql = insertPosting([`999, 100, ${DAY}, NULL, NULL`, `1, -100, ${DAY}, NULL, NULL`]);
    expect(await refusal(() => asRuntime(sql))).toEqual({ state: '23503', constraint: 'entry_account_fk' });
  });

  it('with an existing key is refused', async () => {
    const sql = insertPosting(
      [`${pipsAccount}, 100, ${DAY}, 3, 100`, `1, -100, ${DAY}, NULL, NULL`],
      `reward:${TASK_1}`,
    );
    expect(await refusal(() => asRuntime(sql))).toEqual({ state: '23505', constraint: 'posting_key_uq' });
  });

  it('that keeps the rules is accepted', async () => {
    await books.database
      .inTransaction(async (tx) => {
        expect(
          await tx.run(insertPosting([`${pipsAccount}, 100, ${DAY}, 3, 100`, `1, -100, ${DAY}, NULL, NULL`])),
        ).toBe(2);
        throw new Error('rolled back');
      })
      .catch((error: Error) => expect(error.message).toBe('rolled back'));
  });
});

describe('the books after all that', () => {
  it('are in order', async () => {
    expect(await brokenInvariants(books.database)).toEqual([]);
  });
});
