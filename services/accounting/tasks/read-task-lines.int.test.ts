import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { calendarOf } from '#mixins/calendar.ts';
import type { Actor } from '#mixins/identity/identity.ts';
import { payoutMade } from '#schemas/events/accounting/payout-made.v1.ts';
import { readStatement } from '../accounts/read-account.query.ts';
import { type Books, eventsIn, openBooks } from '../books.fixture.ts';
import { bookAll, closeAll, end, introduce, postingRequest } from '../days/days.fixture.ts';
import { openDueDays } from '../days/open-day.handler.ts';
import { sealAll } from '../seal/seal.fixture.ts';
import { showTask } from './read-task-lines.query.ts';
import { completed, created, fixtureId, reassigned } from './task-history.fixture.ts';

const [PIP, JAY, MIA, KEA] = [1, 2, 3, 4].map((n) => fixtureId(1, n)) as [string, string, string, string];
const [TASK, OTHER, PLAIN] = [1, 2, 3].map((n) => fixtureId(2, n)) as [string, string, string];

const actor = (userId: string, ...roles: string[]): Actor => ({
  userId,
  login: 'popug',
  name: 'Popug',
  roles,
  sessionId: fixtureId(9, 9),
});
const accountant = actor(KEA, 'accountant');

let books: Books;
let today: string;
let price: { fee: number; reward: number };

const show = (who: Actor, taskId = TASK, page: { limit?: number; cursor?: string | undefined } = {}) =>
  showTask(books.database, who, { taskId, limit: 200, ...page });

beforeAll(async () => {
  // A reward is more than two fees, so that a completed task leaves something to pay.
  books = await openBooks({ rewardRange: { min: 41, max: 50 } });
  today = await openDueDays(books.database, calendarOf(books.config));
  await introduce(books, PIP, JAY);
  await books.book([created(TASK, PIP), created(OTHER, MIA)]);
  await sealAll(books.database);
  const shuffles = Array.from({ length: 10 }, (_, n) => reassigned(TASK, n + 2, n === 9 ? JAY : PIP));
  await books.book(shuffles);
  await books.book([completed(TASK, 12, JAY)]);
  const about = { referenceType: 'task', referenceId: TASK, referenceTitle: 'Wash', kind: 'bonus' };
  await bookAll(books, [postingRequest(JAY, 5, about), postingRequest(JAY, 7)]);
  const [row] = await books.database.rows<typeof price>(
    'SELECT fee, reward FROM price WHERE reference_id = $1',
    [TASK],
  );
  if (row === undefined) throw new Error('The task has no price');
  price = row;
});
afterAll(() => books.close());

describe('a task', () => {
  it('ACC-2, ACC-3: has its prices and every line about it, as statements show them', async () => {
    const { lines, ...rest } = await show(accountant);
    expect(rest).toEqual({ taskId: TASK, ...price, nextCursor: null });
    const statements = [PIP, JAY].map((userId) =>
      readStatement(books.database, accountant, { userId, limit: 50 }),
    );
    const expected = (await Promise.all(statements)).flatMap(({ items }) =>
      items.filter(({ reference }) => reference?.id === TASK),
    );
    expect(expected).toHaveLength(13);
    expect(lines.map(({ employee: _, block: __, payout: ___, ...line }) => line)).toEqual(
      expect.arrayContaining(expected),
    );
    expect(lines.map(({ kind, employee }) => `${kind} ${employee.id}`)).toEqual([
      ...Array(10).fill(`fee ${PIP}`),
      `fee ${JAY}`,
      `reward ${JAY}`,
      `bonus ${JAY}`,
    ]);
    expect(lines[0]).toMatchObject({
      amount: -price.fee,
      employee: { id: PIP, name: `Popug ${PIP.slice(-4)}` },
    });
  });

  it('ACC-3: has only their own lines for others, and the prices for those with a line', async () => {
    const all = (await show(actor(KEA, 'admin'))).lines;
    const own = all.filter(({ employee }) => employee.id === JAY);
    expect(await show(actor(JAY, 'manager'))).toEqual({
      taskId: TASK,
      ...price,
      lines: own,
      nextCursor: null,
    });
    const nothing = { taskId: TASK, fee: null, reward: null, lines: [], nextCursor: null };
    expect(await show(actor(MIA, 'manager', 'boss'))).toEqual(nothing);
    expect((await show(actor(MIA), OTHER)).lines).toHaveLength(1);
  });

  it('ACC-3: keeps the prices on every page', async () => {
    const all = (await show(accountant)).lines;
    for (const who of [accountant, actor(JAY)]) {
      const paged: object[] = [];
      let cursor: string | undefined;
      do {
        const page = await show(who, TASK, { limit: 2, cursor });
        expect(page).toMatchObject(price);
        paged.push(...page.lines);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(paged).toEqual(who === accountant ? all : all.slice(-3));
    }
  });

  it('is not found if accounting has booked nothing for it', async () => {
    for (const who of [accountant, actor(PIP)]) {
      await expect(show(who, PLAIN)).rejects.toMatchObject({ type: 'not_found', code: 404 });
    }
  });

  it.each(['x', btoa('["a"]'), btoa('[-1]'), btoa('[1,2]')])('refuses the cursor %s', async (cursor) => {
    await expect(show(accountant, TASK, { cursor })).rejects.toMatchObject({ type: 'invalid_cursor' });
  });
});

describe('a line about a task', () => {
  // The last one, because it closes the day.
  it('ACC-2: has the block that seals it, and the payout that pays it', async () => {
    const blocks = async () => (await show(accountant)).lines.map(({ block }) => block);
    expect(await blocks()).toEqual([1, ...Array(12).fill(null)]);
    await end(books, today);
    // A later payout of the same employee paid other lines.
    await bookAll(books, [postingRequest(JAY, 1_000)]);
    await closeAll(books);
    expect(await blocks()).toEqual([1, ...Array(12).fill(2)]);
    const [paid] = (await eventsIn(books.database, payoutMade)).filter(({ data }) => data.employeeId === JAY);
    const { lines } = await show(accountant);
    const payout = { id: paid?.data.payoutId, businessDay: today };
    expect(lines.map((line) => line.payout)).toEqual([...Array(10).fill(null), ...Array(3).fill(payout)]);
    expect((await show(actor(JAY))).lines.map((line) => line.payout)).toEqual(Array(3).fill(payout));
  });
});
