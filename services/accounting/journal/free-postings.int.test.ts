import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { calendarOf } from '#mixins/calendar.ts';
import { balanceChanged } from '#schemas/events/accounting/balance-changed.v1.ts';
import { postingMade } from '#schemas/events/accounting/posting-made.v1.ts';
import { postingRefused } from '#schemas/events/accounting/posting-refused.v1.ts';
import { adjustBalance } from '../accounts/adjust-balance.handler.ts';
import { readBalance, readStatement } from '../accounts/read-account.query.ts';
import { keepUsers } from '../accounts/user-copy.store.ts';
import { type Books, brokenInvariants, eventsIn, journalText, linesOf, openBooks } from '../books.fixture.ts';
import { bookAll, closeAll, end, give, postingRequest, requestOf } from '../days/days.fixture.ts';
import { openDueDays } from '../days/open-day.handler.ts';
import { readCompany, showDay } from '../days/read-day.query.ts';
import { closeOnce } from '../days/settle-day.handler.ts';
import { fixtureId } from '../tasks/task-history.fixture.ts';
import { readFreeTotals } from './journal.store.ts';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
});
afterAll(async () => {
  expect(await brokenInvariants(books.database)).toEqual([]);
  await books.close();
});

let lastId = 0;
/** A user that no other test uses. */
async function newUser(): Promise<string> {
  const id = fixtureId(1, ++lastId);
  await books.database.inTransaction((tx) => keepUsers(tx, [{ id, name: `Popug ${lastId}`, version: 1 }]));
  return id;
}
/** Makes the caller known to accounting. */
const keepActor = () =>
  books.database.inTransaction((tx) => keepUsers(tx, [{ id: actor.userId, name: 'Mia', version: 1 }]));
const newId = () => fixtureId(3, ++lastId);

const adjust = (userId: string, amount: number, reason = 'A find', request = requestOf()) =>
  adjustBalance(books.database, books.config, { userId, amount, reason }, request);
const { actor } = requestOf();
const storedRequests = (...ids: string[]) => storedRequestsIn(books, ids);
const storedRequestsIn = ({ database }: Books, ids: readonly string[]) =>
  database.rows('SELECT id, refusal_code AS code FROM posting_request WHERE id = ANY ($1) ORDER BY id', [
    ids,
  ]);

describe('an adjustment', () => {
  it.each([
    ['as it is', (id: string) => id],
    ['in capitals', (id: string) => id.toUpperCase()],
  ])(
    "E15, ACC-7: of the caller's own account is refused, in any spelling of the id (%s), and nothing changes",
    async (_, write) => {
      await keepActor();
      const before = await journalText(books.database);
      for (const amount of [10, -10]) {
        const refused = adjust(write(actor.userId), amount, 'A gift', requestOf('own-1'));
        await expect(refused).rejects.toMatchObject({ type: 'own_account', code: 403 });
      }
      expect(await journalText(books.database)).toBe(before);
    },
  );

  it('ACC-7: is a line with the reason and the name of its author, and is published', async () => {
    const pip = await newUser();
    const line = await adjust(pip, -250, 'Broke the cage');
    expect(line).toEqual({
      id: expect.any(String),
      kind: 'adjustment',
      amount: -250,
      balanceAfter: -250,
      businessDay: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      occurredAt: expect.any(String),
      postedAt: expect.any(String),
      reference: null,
      note: 'Broke the cage',
      by: { id: actor.userId, name: 'Mia' },
    });
    expect((await readStatement(books.database, actor, { userId: pip, limit: 5 })).items).toEqual([line]);
    expect((await eventsIn(books.database, postingMade)).at(-1)).toEqual({
      subject: `account/${pip}`,
      sequence: 1,
      data: {
        entryId: line.id,
        ownerType: 'employee',
        ownerId: pip,
        amount: -250,
        currency: 'USD',
        kind: 'adjustment',
        reason: 'Broke the cage',
        requestId: null,
        referenceType: null,
        referenceId: null,
        referenceTitle: null,
        byId: actor.userId,
        byName: 'Mia',
        balanceAfter: -250,
        businessDay: line.businessDay,
        occurredAt: Date.parse(line.occurredAt),
      },
    });
    expect((await eventsIn(books.database, balanceChanged)).at(-1)).toMatchObject({
      subject: `balance/${pip}`,
      data: { balance: -250 },
    });
  });

  it("ACC-4, ACC-7: does not change the company's result", async () => {
    const read = async () => (await readCompany(books.database, books.config, {})).items[0];
    const before = await read();
    await adjust(await newUser(), 1_000_000);
    expect(await read()).toEqual(before);
  });

  it('ACC-7: with one Idempotency-Key is made once', async () => {
    const pip = await newUser();
    const first = await adjust(pip, 10, 'A find', requestOf('adjust-1'));
    expect(await adjust(pip, 10, 'A find', requestOf('adjust-1'))).toEqual(first);
    expect(await linesOf(books.database, pip)).toHaveLength(1);
  });

  it('ACC-7: many at once are all booked', async () => {
    const pip = await newUser();
    await Promise.all(Array.from({ length: 10 }, () => adjust(pip, 7)));
    expect((await linesOf(books.database, pip)).at(-1)).toMatchObject({ balance: 70, sequence: 10 });
  });

  it.each([
    ['an unknown user', () => fixtureId(1, 999_999), 10, 'not_found'],
    ['a balance beyond all bounds', newUser, 1_000_000_000_000_001, 'validation_failed'],
  ])('ACC-7: is refused for %s, and nothing changes', async (_, user, amount, type) => {
    const pip = await user();
    const before = await journalText(books.database);
    await expect(adjust(pip, amount)).rejects.toMatchObject({ type });
    expect(await journalText(books.database)).toBe(before);
  });
});

describe('a requested posting', () => {
  it('ACC-10: is booked once, published, and recorded, however often it is delivered', async () => {
    const [pip, id] = [await newUser(), newId()];
    const more = {
      requestId: id,
      kind: 'lunch',
      referenceType: 'meal',
      referenceId: '7',
      referenceTitle: 'Seeds',
    };
    const request = postingRequest(pip, -900, more);
    await bookAll(books, [request, request]);
    await bookAll(books, [request]);
    await Promise.all([bookAll(books, [request]), bookAll(books, [request])]);
    expect(await linesOf(books.database, pip)).toEqual([
      { key: `request:${id}`, owner: pip, amount: -900, sequence: 1, balance: -900 },
    ]);
    const published = (await eventsIn(books.database, postingMade)).filter(
      ({ data }) => data.requestId === id,
    );
    expect(published).toMatchObject([
      {
        subject: `account/${pip}`,
        data: { kind: 'lunch', reason: 'For a song', amount: -900, referenceTitle: 'Seeds', byId: null },
      },
    ]);
    expect(await storedRequests(id)).toEqual([{ id, code: null }]);
  });

  it('ACC-10: of other owners has an account of its own, apart from the employee with the same id', async () => {
    const pip = await newUser();
    await bookAll(books, [postingRequest(pip, 5), postingRequest(pip, 70, { ownerType: 'vendor' })]);
    await bookAll(books, [postingRequest(pip, 1, { ownerType: 'vendor' })]);
    const balances = await books.database.rows(
      'SELECT owner_type AS type, balance FROM account WHERE owner_id = $1 ORDER BY owner_type',
      [pip],
    );
    expect(balances).toEqual([
      { type: 'employee', balance: 5 },
      { type: 'vendor', balance: 71 },
    ]);
    const subjects = (await eventsIn(books.database, balanceChanged))
      .filter(({ data }) => data.ownerId === pip)
      .map(({ subject }) => subject);
    expect(subjects).toEqual([`balance/${pip}`, `balance/vendor:${pip}`, `balance/vendor:${pip}`]);
  });

  it('ACC-10: of an unknown employee is booked: the user event may come later', async () => {
    const nobody = fixtureId(4, 1);
    await give(books, nobody, 12);
    expect(await linesOf(books.database, nobody)).toMatchObject([{ amount: 12 }]);
  });

  it('ACC-10: that is refused is recorded and published once, and the others of its batch are booked', async () => {
    const [pip, bad, good] = [await newUser(), newId(), newId()];
    const refused = postingRequest(pip, 10, { requestId: bad, kind: 'payout' });
    const batch = [refused, postingRequest(pip, 3, { requestId: good })];
    await bookAll(books, batch);
    await bookAll(books, batch.toReversed());
    expect(await linesOf(books.database, pip)).toMatchObject([{ amount: 3, sequence: 1 }]);
    expect(await storedRequests(bad, good)).toEqual([
      { id: bad, code: 'reserved_kind' },
      { id: good, code: null },
    ]);
    const published = (await eventsIn(books.database, postingRefused)).filter(
      ({ data }) => data.requestId === bad,
    );
    expect(published).toEqual([
      {
        subject: `request/${bad}`,
        sequence: 2,
        data: { requestId: bad, code: 'reserved_kind', reason: expect.any(String) },
      },
    ]);
  });

  it.each(['0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'])(
    'ACC-10: of any time that has a date is booked: %s',
    async (time) => {
      const pip = await newUser();
      await bookAll(books, [postingRequest(pip, 1, { occurredAt: Date.parse(time) })]);
      const { items } = await readStatement(books.database, actor, { userId: pip, limit: 1 });
      expect(items).toMatchObject([{ occurredAt: time }]);
    },
  );

  it('ACC-10: stays refused when it is delivered again with other content', async () => {
    const [pip, id] = [await newUser(), newId()];
    await bookAll(books, [postingRequest(pip, 0, { requestId: id })]);
    await bookAll(books, [postingRequest(pip, 10, { requestId: id })]);
    expect(await linesOf(books.database, pip)).toEqual([]);
    expect(await storedRequests(id)).toEqual([{ id, code: 'zero_amount' }]);
  });

  it('ACC-10: is refused if the balance would leave its bounds', async () => {
    const [pip, id] = [await newUser(), newId()];
    await books.asOwner(
      `INSERT INTO account (owner_type, owner_id, balance) VALUES ('employee', '${pip}', 0)`,
    );
    const many = Array.from({ length: 1_000 }, () => postingRequest(pip, 1_000_000_000_000));
    await bookAll(books, [...many, postingRequest(pip, 1, { requestId: id })]);
    expect(await storedRequests(id)).toEqual([{ id, code: 'balance_out_of_bounds' }]);
    expect((await linesOf(books.database, pip)).at(-1)).toMatchObject({ balance: 1_000_000_000_000_000 });
  });
});

describe('requests whose total would leave the safe integers', () => {
  const BIG = 1_000_000_000_000;
  let big: Books;
  beforeEach(async () => {
    big = await openBooks();
  });
  afterEach(() => big.close());

  it.each([1, -1])('ACC-6, ACC-10: are refused, and their day is closed: %s', async (sign) => {
    const today = await openDueDays(big.database, calendarOf(big.config));
    const bookBig = (count: number) => {
      const owner = newId();
      return bookAll(
        big,
        Array.from({ length: count }, () => postingRequest(owner, sign * BIG)),
      );
    };
    for (const count of [1_000, 1_000, 1_000, 999]) await bookBig(count);
    // The total crosses the bound in the middle of these. Each request is checked against those
    // before it. A later one that still fits is booked after a refused one.
    const crossing = [BIG - 1, BIG, 1, 1].map((amount) => ({ amount, requestId: newId() }));
    await bookAll(
      big,
      crossing.map(({ amount, requestId }) => postingRequest(newId(), sign * amount, { requestId })),
    );
    const ids = crossing.map(({ requestId }) => requestId);
    expect(await storedRequestsIn(big, ids)).toEqual([
      { id: ids[0], code: null },
      { id: ids[1], code: 'total_out_of_bounds' },
      { id: ids[2], code: null },
      { id: ids[3], code: 'total_out_of_bounds' },
    ]);
    for (let person = 0; person < 6; person++) await bookBig(1_000);
    const [count] = await big.database.rows<{ refused: number }>(
      `SELECT count(*) AS refused FROM posting_request WHERE refusal_code = 'total_out_of_bounds'`,
    );
    expect(count?.refused).toBe(6_002);
    const user = newId();
    await big.database.inTransaction((tx) => keepUsers(tx, [{ id: user, name: 'Jay', version: 1 }]));
    const posting = (amount: number) =>
      adjustBalance(big.database, big.config, { userId: user, amount, reason: 'A slip' }, requestOf());
    await expect(posting(sign)).rejects.toMatchObject({ type: 'validation_failed' });
    await posting(-sign * 7);
    await end(big, today);
    // Debts count once, as soon as they are known: also before the day is sealed and closed.
    while ((await closeOnce(big.database, big.config)).outcome !== 'waiting');
    expect(await big.database.inTransaction(readFreeTotals)).toEqual(
      sign > 0 ? { income: 4_000 * BIG, expense: 7 } : { income: 7, expense: 4_000 * BIG },
    );
    await closeAll(big);
    expect(await showDay(big.database, big.config, today)).toMatchObject({
      status: 'closed',
      ...(sign > 0 ? { totalPaid: 4_000 * BIG, carriedOver: 7 } : { totalPaid: 7, carriedOver: 4_000 * BIG }),
    });
    // Paid amounts no longer count. A debt remains and must not grow.
    if (sign > 0) await posting(BIG);
    else await expect(posting(-1)).rejects.toMatchObject({ type: 'validation_failed' });
    expect(await brokenInvariants(big.database)).toEqual([]);
  });
});

describe('the balance at a time in the past', () => {
  const read = (userId: string, at?: string, who = actor) =>
    readBalance(books.database, { ...who, roles: ['accountant'] }, { userId, at });

  it('ACC-10: is that of the books at that time', async () => {
    const pip = await newUser();
    const lines = [];
    for (const amount of [100, -30, 7]) {
      lines.push(await adjust(pip, amount));
      // Each line gets its own millisecond.
      await books.database.rows('SELECT pg_sleep(0.003)');
    }
    for (const { postedAt, balanceAfter } of lines) {
      // A line counts from the time that it shows.
      expect(await read(pip, postedAt)).toEqual({ userId: pip, at: postedAt, balance: balanceAfter });
    }
    const before = new Date(Date.parse(lines[0]?.postedAt ?? '') - 1).toISOString();
    expect(await read(pip, before)).toMatchObject({ balance: 0 });
    expect(await read(pip, '2001-01-01T00:00:00+02:00')).toEqual({
      userId: pip,
      at: '2000-12-31T22:00:00.000Z',
      balance: 0,
    });
    expect(await read(pip)).toMatchObject({ balance: 77 });
  });

  it.each([
    ['a time in the future', '2999-01-01T00:00:00Z', 'validation_failed'],
    ['a date that does not exist', '2026-02-30T00:00:00Z', 'validation_failed'],
    ['a time that does not exist', '2026-02-03T25:00:00Z', 'validation_failed'],
  ])('ACC-10: is refused for %s', async (_, at, type) => {
    await expect(read(await newUser(), at)).rejects.toMatchObject({ type });
  });

  it('ACC-3, ACC-10: is shown to its owner, and to no other employee', async () => {
    const pip = await newUser();
    const developer = { ...actor, userId: pip, roles: ['developer'] };
    expect(await readBalance(books.database, developer, { userId: 'me' })).toMatchObject({ balance: 0 });
    await expect(readBalance(books.database, developer, { userId: actor.userId })).rejects.toMatchObject({
      type: 'forbidden',
    });
    await expect(read(fixtureId(1, 999_998))).rejects.toMatchObject({ type: 'not_found' });
  });
});
