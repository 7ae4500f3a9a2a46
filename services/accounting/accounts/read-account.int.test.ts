import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dayAfter } from '#mixins/calendar.ts';
import type { Actor } from '#mixins/identity/identity.ts';
import type { ActionParams } from '#schemas/action.ts';
import type statementAction from '#schemas/actions/accounting/statement.ts';
import { type Books, openBooks } from '../books.fixture.ts';
import { lockDay, openDays, readOpenDay } from '../days/day.store.ts';
import type { Price } from '../tasks/price.ts';
import { completed, created, fixtureId, reassigned } from '../tasks/task-history.fixture.ts';
import { listAccounts, readAccount, readStatement, readSummary } from './read-account.query.ts';
import { readLines, type WantedLines } from './statement.store.ts';
import { keepUsers } from './user-copy.store.ts';

const [PIP, JAY, MIA, KEA, STRANGER] = [1, 2, 3, 4, 5].map((n) => fixtureId(1, n)) as [
  string,
  string,
  string,
  string,
  string,
];
const TASKS = [1, 2, 3].map((n) => fixtureId(2, n));
const [TASK_1 = '', TASK_2 = '', TASK_3 = ''] = TASKS;

const actor = (userId: string, ...roles: string[]): Actor => ({
  userId,
  login: 'popug',
  name: 'Popug',
  roles,
  sessionId: fixtureId(9, 9),
});
const accountant = actor(KEA, 'accountant');

let books: Books;
let prices: ReadonlyMap<string, Price>;
let firstDay: string;
let secondDay: string;

const price = (taskId: string): Price => prices.get(taskId) ?? { fee: 0, reward: 0, currency: '' };

/** Ends the open day by hand. */
async function nextDay(): Promise<string> {
  return books.database.inTransaction(async (tx) => {
    await lockDay(tx);
    const day = dayAfter((await readOpenDay(tx)).day ?? '');
    await openDays(tx, [day]);
    return day;
  });
}

beforeAll(async () => {
  books = await openBooks();
  await books.database.inTransaction((tx) =>
    keepUsers(tx, [
      { id: PIP, name: 'Pip', version: 1 },
      { id: JAY, name: 'Jay 100%', version: 1 },
      { id: MIA, name: 'Mia', version: 1 },
    ]),
  );
  await books.book([created(TASK_1, PIP), created(TASK_2, PIP)]);
  await books.book([reassigned(TASK_2, 2, JAY)]);
  firstDay = await books.database.inTransaction(async (tx) => (await readOpenDay(tx)).day ?? '');
  secondDay = await nextDay();
  await books.book([completed(TASK_1, 2, PIP), created(TASK_3, PIP)]);
  const rows = await books.database.rows<Price & { id: string }>(
    'SELECT reference_id AS id, fee, reward, currency FROM price',
  );
  prices = new Map(rows.map(({ id, ...each }) => [id, each]));
});
afterAll(() => books.close());

const account = (who: Actor, of: string) => readAccount(books.database, books.config, who, of);
const statement = (who: Actor, userId: string, params: Partial<ActionParams<typeof statementAction>> = {}) =>
  readStatement(books.database, who, { userId, limit: 50, ...params });

describe('an account', () => {
  it('ACC-3: shows the balance of all days and the result of the open one', async () => {
    const earlier = -price(TASK_1).fee - price(TASK_2).fee;
    const [charged, earned] = [price(TASK_3).fee, price(TASK_1).reward];
    expect(await account(actor(PIP), 'me')).toEqual({
      userId: PIP,
      balance: earlier + earned - charged,
      currency: 'USD',
      today: { charged, earned, net: earned - charged },
    });
  });

  it('has no result today if all its lines are of earlier days', async () => {
    expect(await account(accountant, JAY)).toEqual({
      userId: JAY,
      balance: -price(TASK_2).fee,
      currency: 'USD',
      today: { charged: 0, earned: 0, net: 0 },
    });
  });

  it('is zero if nothing was ever posted', async () => {
    const zero = { balance: 0, today: { charged: 0, earned: 0, net: 0 } };
    expect(await account(accountant, MIA)).toMatchObject({ userId: MIA, ...zero });
    expect(await account(actor(MIA, 'manager'), 'me')).toMatchObject({ userId: MIA, ...zero });
  });

  it('is shown to its owner before the copy of users has arrived', async () => {
    expect(await account(actor(STRANGER), 'me')).toMatchObject({ userId: STRANGER, balance: 0 });
  });

  it('ACC-3: of another user is refused unless the caller is an accountant or an admin', async () => {
    await expect(account(actor(PIP, 'manager'), JAY)).rejects.toMatchObject({ type: 'forbidden', code: 403 });
    await expect(account(actor(PIP, 'manager'), STRANGER)).rejects.toMatchObject({ type: 'forbidden' });
  });

  it('of an unknown user is not found', async () => {
    await expect(account(accountant, STRANGER)).rejects.toMatchObject({ type: 'not_found', code: 404 });
    await expect(statement(accountant, STRANGER)).rejects.toMatchObject({ type: 'not_found', code: 404 });
  });
});

describe('a statement', () => {
  it('ACC-3: has lines with subject, time, amount and the balance after each; newest first', async () => {
    const { items, nextCursor } = await statement(actor(PIP), 'me');
    const amounts = [-price(TASK_1).fee, -price(TASK_2).fee, price(TASK_1).reward, -price(TASK_3).fee];
    let balance = 0;
    const expected = amounts.map((amount, index) => {
      balance += amount;
      return { amount, balanceAfter: balance, businessDay: index < 2 ? firstDay : secondDay };
    });
    expect(items).toMatchObject(expected.reverse());
    expect(nextCursor).toBeNull();
    expect(items[1]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      kind: 'reward',
      amount: price(TASK_1).reward,
      balanceAfter: expect.any(Number),
      businessDay: secondDay,
      occurredAt: '2026-03-01T12:00:00.002Z',
      postedAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/),
      reference: { type: 'task', id: TASK_1, title: `Task ${TASK_1.slice(-4)}`, externalId: null },
      note: null,
      by: null,
    });
    expect(items.map(({ kind }) => kind)).toEqual(['fee', 'reward', 'fee', 'fee']);
  });

  it('is paged by a cursor, each line once', async () => {
    const whole = await statement(accountant, PIP);
    const paged: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page = await statement(accountant, PIP, { limit: 1, ...(cursor === null ? {} : { cursor }) });
      expect(page.items).toHaveLength(1);
      paged.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(paged).toEqual(whole.items);
  });

  it('takes a range of business days, both included, also over pages', async () => {
    const kinds = async (from?: string, to?: string) =>
      (await statement(actor(PIP), 'me', { from, to })).items.map(({ businessDay }) => businessDay);
    expect(await kinds(firstDay, firstDay)).toEqual([firstDay, firstDay]);
    expect(await kinds(secondDay)).toEqual([secondDay, secondDay]);
    expect(await kinds(undefined, firstDay)).toEqual([firstDay, firstDay]);
    expect(await kinds(firstDay, secondDay)).toHaveLength(4);
    expect(await kinds(dayAfter(secondDay))).toEqual([]);
    const first = await statement(actor(PIP), 'me', { limit: 3 });
    const rest = await statement(actor(PIP), 'me', {
      to: secondDay,
      from: firstDay,
      cursor: first.nextCursor ?? '',
    });
    expect(rest.items).toMatchObject([{ businessDay: firstDay, amount: -price(TASK_1).fee }]);
  });

  it('ACC-3: of one kind has only its lines, page by page', async () => {
    const all = (await statement(actor(PIP), 'me')).items;
    const fees = all.filter(({ kind }) => kind === 'fee');
    expect((await statement(actor(PIP), 'me', { kind: 'fee' })).items).toEqual(fees);
    expect((await statement(actor(PIP), 'me', { kind: 'reward', to: firstDay })).items).toEqual([]);
    expect(await statement(actor(PIP), 'me', { kind: 'bonus' })).toEqual({ items: [], nextCursor: null });
    const first = await statement(actor(PIP), 'me', { kind: 'fee', limit: 2 });
    const cursor = first.nextCursor ?? '';
    const second = await statement(actor(PIP), 'me', { kind: 'fee', limit: 2, cursor });
    expect([...first.items, ...second.items]).toEqual(fees);
    expect(second.nextCursor).toBeNull();
  });

  it('ACC-3: of one kind looks through a limited number of lines, and says where to go on', async () => {
    const range = { from: null, to: null };
    // One statement for both: a line that is posted between two would move the reach.
    let statements = 0;
    const counting = {
      ...books.database,
      rows<Row extends object>(sql: string, bind?: readonly unknown[]): Promise<Row[]> {
        statements += 1;
        return books.database.rows<Row>(sql, bind);
      },
    };
    const read = (kind: string, place: WantedLines['place'] = null) =>
      readLines(counting, { userId: PIP, range, place, kind }, 50, 2);
    // The newest line is a fee, the next one a reward.
    const first = await read('fee');
    expect(first).toMatchObject({ rows: [{ kind: 'fee', businessDay: secondDay }], reach: [secondDay, 3] });
    const second = await read('fee', first.reach);
    expect(second).toMatchObject({ rows: [{ kind: 'fee' }, { kind: 'fee' }], reach: null });
    expect(await read('bonus')).toEqual({ rows: [], reach: first.reach });
    expect(statements).toBe(3);
  });

  it('is empty if nothing was ever posted', async () => {
    expect(await statement(accountant, MIA)).toEqual({ items: [], nextCursor: null });
  });

  it.each([
    ['a range of 367 days', { from: '2024-01-01', to: '2025-01-01' }, 'validation_failed'],
    ['a range that ends before it begins', { from: '2024-01-02', to: '2024-01-01' }, 'validation_failed'],
    ['a day that does not exist', { from: '2023-02-29' }, 'validation_failed'],
    ['a cursor of another list', { cursor: 'WyJ4Il0' }, 'invalid_cursor'],
  ])('is refused for %s', async (_, params, type) => {
    await expect(statement(actor(PIP), 'me', params)).rejects.toMatchObject({ type });
  });

  it('ACC-3: of another user is refused unless the caller is an accountant or an admin', async () => {
    await expect(statement(actor(PIP, 'boss'), JAY)).rejects.toMatchObject({ type: 'forbidden', code: 403 });
    expect((await statement(actor(PIP, 'admin'), JAY)).items).toHaveLength(1);
  });
});

describe('the summary of an account', () => {
  const summary = (who: Actor, userId: string, range: { from?: string; to?: string } = {}) =>
    readSummary(books.database, who, { userId, ...range });

  it('ACC-3: sums fees, rewards, payouts and others between two balances', async () => {
    const opening = -price(TASK_1).fee - price(TASK_2).fee;
    const [fees, rewards] = [price(TASK_3).fee, price(TASK_1).reward];
    expect(await summary(actor(PIP), 'me', { from: secondDay, to: secondDay })).toEqual({
      userId: PIP,
      from: secondDay,
      to: secondDay,
      opening,
      fees,
      rewards,
      payouts: 0,
      others: 0,
      closing: opening - fees + rewards,
    });
    expect(await summary(accountant, PIP, { to: firstDay })).toMatchObject({
      from: dayAfter(firstDay, -29),
      opening: 0,
      fees: -opening,
      closing: opening,
    });
  });

  it('covers the last 30 days up to the open one if no range was requested', async () => {
    expect(await summary(actor(PIP), 'me')).toMatchObject({
      from: dayAfter(secondDay, -29),
      to: secondDay,
      opening: 0,
      closing: (await account(actor(PIP), 'me')).balance,
    });
  });

  it('has only the balance where nothing was posted', async () => {
    const nothing = { fees: 0, rewards: 0, payouts: 0, others: 0 };
    const balance = (await account(actor(PIP), 'me')).balance;
    const after = dayAfter(secondDay, 5);
    const expected = { from: after, to: after, opening: balance, closing: balance, ...nothing };
    expect(await summary(actor(PIP), 'me', { from: after })).toMatchObject(expected);
    expect(await summary(accountant, MIA)).toMatchObject({ opening: 0, closing: 0, ...nothing });
    expect(await summary(actor(STRANGER), 'me')).toMatchObject({ userId: STRANGER, closing: 0 });
  });

  it('ACC-3: is refused like a statement', async () => {
    await expect(summary(actor(PIP, 'manager'), JAY)).rejects.toMatchObject({ type: 'forbidden' });
    await expect(summary(accountant, STRANGER)).rejects.toMatchObject({ type: 'not_found' });
    const long = { from: '2024-01-01', to: '2025-01-01' };
    await expect(summary(actor(PIP), JAY, long)).rejects.toMatchObject({ type: 'validation_failed' });
  });
});

describe('the list of accounts', () => {
  const names = async (params: { text?: string; below?: number } = {}) =>
    (await listAccounts(books.database, { sort: 'name', limit: 50, ...params })).items.map(
      ({ name }) => name,
    );

  it('has everyone that accounting knows, by name', async () => {
    const { items, nextCursor } = await listAccounts(books.database, { sort: 'name', limit: 50 });
    expect(items).toEqual([
      { userId: JAY, name: 'Jay 100%', balance: -price(TASK_2).fee, ownerKnown: true },
      { userId: MIA, name: 'Mia', balance: 0, ownerKnown: true },
      { userId: PIP, name: 'Pip', balance: (await account(accountant, PIP)).balance, ownerKnown: true },
    ]);
    expect(nextCursor).toBeNull();
  });

  it('D10: finds a name that was stored before names were normalised', async () => {
    const rename = (name: string) =>
      books.database.inTransaction((tx) =>
        tx.run('UPDATE user_copy SET name = $2 WHERE id = $1', [MIA, name]),
      );
    await rename('M\u00eda'.normalize('NFD'));
    expect(await names({ text: 'M\u00ed' })).toEqual(['M\u00eda'.normalize('NFD')]);
    await rename('Mia');
  });

  it('is filtered by text, literally and regardless of case', async () => {
    expect(await names({ text: 'I' })).toEqual(['Mia', 'Pip']);
    expect(await names({ text: '0%' })).toEqual(['Jay 100%']);
    expect(await names({ text: '%' })).toEqual(['Jay 100%']);
    expect(await names({ text: '_' })).toEqual([]);
  });

  it('is filtered by balance', async () => {
    expect(await names({ below: 0 })).toContain('Jay 100%');
    expect(await names({ below: 0 })).not.toContain('Mia');
    expect(await names({ below: 1, text: 'mia' })).toEqual(['Mia']);
    expect(await names({ below: -1_000_000 })).toEqual([]);
  });

  it('ACC-3: is in the order of balances, page by page', async () => {
    const ids = async (sort: 'balance' | '-balance') => {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await listAccounts(books.database, { sort, limit: 1, cursor });
        found.push(...page.items.map(({ userId }) => userId));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return found;
    };
    const { items } = await listAccounts(books.database, { sort: 'name', limit: 50 });
    // People with the same balance stay in the order of their names.
    const sorted = (sign: number) =>
      items.toSorted((a, b) => sign * (a.balance - b.balance)).map(({ userId }) => userId);
    expect(await ids('balance')).toEqual(sorted(1));
    expect(await ids('-balance')).toEqual(sorted(-1));
  });

  it('refuses the cursor of another order', async () => {
    const { nextCursor } = await listAccounts(books.database, { sort: 'balance', limit: 1 });
    for (const sort of ['name', '-balance'] as const) {
      const attempt = listAccounts(books.database, { sort, limit: 1, cursor: nextCursor ?? '' });
      await expect(attempt).rejects.toMatchObject({ type: 'invalid_cursor' });
    }
  });

  it('is paged by a cursor', async () => {
    const first = await listAccounts(books.database, { sort: 'name', limit: 2 });
    const second = await listAccounts(books.database, {
      sort: 'name',
      limit: 2,
      cursor: first.nextCursor ?? '',
    });
    expect([...first.items, ...second.items].map(({ userId }) => userId)).toEqual([JAY, MIA, PIP]);
    expect(second.nextCursor).toBeNull();
  });

  it.each(['x', btoa('["Pip",1]'), btoa('["Pip","me"]'), btoa(`["\\u0000","${PIP}"]`)])(
    'refuses the cursor %s',
    async (cursor) => {
      await expect(listAccounts(books.database, { sort: 'name', limit: 2, cursor })).rejects.toMatchObject({
        type: 'invalid_cursor',
        code: 400,
      });
    },
  );
});

describe('the copy of users', () => {
  it('keeps the newest version, whatever comes last, and replaces a stub', async () => {
    const ids = [fixtureId(1, 50), fixtureId(1, 51)] as const;
    const keep = (...users: { id: string; name: string; version: number }[]) =>
      books.database.inTransaction((tx) => keepUsers(tx, users));
    await keep({ id: ids[0], name: 'unknown', version: 0 });
    await keep({ id: ids[0], name: 'Three', version: 3 }, { id: ids[0], name: 'Two', version: 2 });
    await keep({ id: ids[0], name: 'unknown', version: 0 }, { id: ids[1], name: 'One', version: 1 });
    expect(
      await books.database.rows('SELECT name, version FROM user_copy WHERE id = ANY ($1) ORDER BY id', [ids]),
    ).toEqual([
      { name: 'Three', version: 3 },
      { name: 'One', version: 1 },
    ]);
  });
});

// The last one, because it adds an account.
describe('the result of the open day', () => {
  it('ACC-3: has the right result also where nodes of an older release, which keep no sums, booked lines', async () => {
    const [rex, one] = [fixtureId(1, 6), (n: number) => fixtureId(2, 100 + n)];
    const SUMS = 'sums_day, sums_first, sums_last, sums_charged, sums_earned';
    /** Lines whose sums are not kept. */
    const bookAsBefore = async (...deliveries: Parameters<typeof books.book>) => {
      await books.asOwner(`CREATE TABLE before AS SELECT id, ${SUMS} FROM account`);
      await books.book(...deliveries);
      await books.asOwner(
        `UPDATE account SET (${SUMS}) = (SELECT ${SUMS} FROM before WHERE before.id = account.id)`,
      );
      await books.asOwner('DROP TABLE before');
    };
    const expectRight = async () => {
      const [booked] = await books.database.rows(
        `SELECT coalesce(-sum(amount) FILTER (WHERE kind = 'fee'), 0)::bigint AS charged,
           coalesce(sum(amount) FILTER (WHERE kind = 'reward'), 0)::bigint AS earned, count(*)::integer AS lines
         FROM entry JOIN posting ON posting.id = posting_id
         WHERE account_id = (SELECT id FROM account WHERE owner_id = $1)
           AND entry.business_day = (SELECT day FROM business_day WHERE ended_at IS NULL)`,
        [rex],
      );
      const { charged, earned } = (await account(actor(rex), 'me')).today;
      expect({ charged, earned, lines: expect.anything() }).toEqual(booked);
    };
    await bookAsBefore([created(one(1), rex)]);
    await expectRight();
    await books.book([created(one(2), rex), completed(one(1), 2, rex)]);
    await expectRight();
    await bookAsBefore([created(one(3), rex), completed(one(2), 2, rex)]);
    await expectRight();
    await books.book([created(one(4), rex)]);
    await books.book([created(one(5), rex), completed(one(3), 2, rex)]);
    await expectRight();
  });
});
