/** The close of a day while others post or close, and after crashes (ACC-5, ACC-6, FAIL-5). */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { calendarOf, dayAfter } from '#mixins/calendar.ts';
import { dayClosed } from '#schemas/events/accounting/day-closed.v1.ts';
import { payoutMade } from '#schemas/events/accounting/payout-made.v1.ts';
import { type Restorable, restorable } from '../../../test/harness/pristine.ts';
import { until } from '../../../test/harness/wait.ts';
import { adjustBalance } from '../accounts/adjust-balance.handler.ts';
import {
  type Books,
  brokenInvariants,
  eventsIn,
  journalText,
  openBooks,
  untilWaiting,
} from '../books.fixture.ts';
import { bookRequests } from '../requests/book-requests.handler.ts';
import { sealAll } from '../seal/seal.fixture.ts';
import { fixtureId } from '../tasks/task-history.fixture.ts';
import {
  bookAll,
  closeAll,
  connectBooks,
  Died,
  dyingAt,
  end,
  give,
  postingRequest,
  requestOf,
} from './days.fixture.ts';
import { openDueDays } from './open-day.handler.ts';
import { showDay } from './read-day.query.ts';
import { closeOnce } from './settle-day.handler.ts';

let books: Restorable<Books>;
let today: string;
beforeAll(async () => {
  books = await restorable(await openBooks(), 'accounting');
});
afterAll(() => books.close());
beforeEach(async () => {
  await books.restore();
  today = await openDueDays(books.database, calendarOf(books.config));
});
afterEach(async () => {
  expect(await brokenInvariants(books.database)).toEqual([]);
});

const employee = (n: number) => fixtureId(1, n);
const show = (day = today) => showDay(books.database, books.config, day);

/** All data that a close may change. */
async function everything(): Promise<string> {
  const rows = await books.database.rows(
    'SELECT business_day::text AS text FROM business_day UNION ALL SELECT position::text FROM outbox ORDER BY text',
  );
  return `${await journalText(books.database)}\n${JSON.stringify(rows)}`;
}

/** Every payout of an employee has one event, with the number of lines of its day. */
async function expectPayoutsPublishedOnce(): Promise<void> {
  const lines = await books.database.rows<{ key: string; amount: number; operations: number }>(
    `SELECT key, -amount AS amount, (
       SELECT count(*) FROM entry AS other
       WHERE other.account_id = entry.account_id AND other.business_day = entry.business_day AND other.posting_id <> posting.id
     )::int AS operations
     FROM posting JOIN entry ON posting_id = posting.id WHERE kind = 'payout' AND account_sequence IS NOT NULL ORDER BY key`,
  );
  const published = (await eventsIn(books.database, payoutMade)).map(({ data }) => ({
    key: `payout:${data.employeeId}:${data.businessDay}`,
    amount: data.amount,
    operations: data.operations,
  }));
  expect(published.sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual(lines);
}

describe('a process that dies at any step of the close', () => {
  it('ACC-6: leaves what was committed; the next close continues from there and pays nobody twice', async () => {
    await bookAll(
      books,
      Array.from({ length: 5 }, (_, n) => postingRequest(employee(n), n === 3 ? -40 : 100 + n)),
    );
    // One of the steps ends the day.
    for (let step = 1; ; step++) {
      const before = await everything();
      const attempt = end({ ...books, database: dyingAt(books.database, step) }, today);
      const died = await attempt.then(
        () => false,
        (error: unknown) => error instanceof Died,
      );
      if (!died) break;
      // If the day has ended, the process died in the view after the transaction.
      if ((await show()).status !== 'open') break;
      expect(await everything()).toBe(before);
    }
    let steps = 0;
    for (let outcome = ''; outcome !== 'idle'; ) {
      for (let step = 1; ; step++) {
        const before = await everything();
        const pass = await closeOnce(dyingAt(books.database, step), books.config, 4).catch(
          (error: unknown) => {
            if (!(error instanceof Died)) throw error;
          },
        );
        if (pass !== undefined) {
          outcome = pass.outcome;
          if (outcome === 'waiting') await sealAll(books.database);
          break;
        }
        steps += 1;
        expect(await everything()).toBe(before);
      }
    }
    // Steps of each chunk: lock, day, scan, locks of the chunk and ahead of it, amounts owed,
    // booking, events, cursor. Then the end of the scan, the seal and the close.
    expect(steps).toBeGreaterThan(30);
    expect(await show()).toMatchObject({
      status: 'closed',
      payouts: 4,
      totalPaid: 407,
      carriedOver: 40,
    });
    await expectPayoutsPublishedOnce();
  });
});

describe('closers that are killed again and again', () => {
  const KILLS = 6;
  const PEOPLE = 100;
  const nodes: ChildProcess[] = [];
  afterEach(() => Promise.all(nodes.splice(0).map(kill)));

  async function kill(node: ChildProcess): Promise<void> {
    if (node.exitCode !== null || node.signalCode !== null) return;
    const exit = once(node, 'exit');
    node.kill('SIGKILL');
    await exit;
  }

  /** Resolves when the process has made this number of passes. */
  async function startCloser(passes: number): Promise<ChildProcess> {
    const script = fileURLToPath(new URL('./closer.fixture.ts', import.meta.url));
    const { databaseUrl, namespace } = books.config;
    const node = spawn(process.execPath, [script, databaseUrl ?? '', namespace], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    nodes.push(node);
    let done = 0;
    node.stdout.on('data', (lines: Buffer) => {
      done += lines.toString().split('\n').length - 1;
    });
    await until(() => Promise.resolve(done >= passes), {
      within: 30_000,
      every: 1,
      what: `${passes} passes`,
    });
    return node;
  }

  it('ACC-6, FAIL-5: pay everybody once, also when two run at a time', async () => {
    for (let n = 0; n < PEOPLE; n += 50) {
      await bookAll(
        books,
        Array.from({ length: 50 }, (_, m) => postingRequest(employee(n + m), 1 + n + m)),
      );
    }
    await end(books, today);
    for (let n = 0; n < KILLS; n += 2) {
      // Kills them after a few passes, in the middle of another one.
      const pair = await Promise.all([startCloser(2 + (n % 5)), startCloser(3)]);
      await Promise.all(pair.map(kill));
      if ((await show()).status === 'closed') throw new Error(`It was closed after ${n} kills already`);
    }
    await startCloser(1);
    await until(async () => (await show()).status === 'closed', { within: 30_000 });
    expect(await show()).toMatchObject({ payouts: PEOPLE, totalPaid: (PEOPLE * (PEOPLE + 1)) / 2 });
    expect(await eventsIn(books.database, dayClosed)).toHaveLength(1);
    await expectPayoutsPublishedOnce();
  });
});

describe('postings during cut-overs and payouts', () => {
  it('ACC-5, ACC-6: from two nodes with two closers leave a balance of zero after each payout', async () => {
    const DAYS = 8;
    const PEOPLE = 40;
    const other = await connectBooks(books.config);
    try {
      let working = true;
      let posted = 0;
      const nodes: readonly Books[] = [books, { ...books, database: other.database }];
      const poster = async (node: Books, seed: number) => {
        for (let n = seed; working; n++) {
          const batch = Array.from({ length: 8 }, (_, m) =>
            postingRequest(employee((n * 7 + m * 11) % PEOPLE), ((n * 31 + m * 17) % 150) - 50 || 1),
          );
          await bookAll(node, batch);
          posted += batch.length;
        }
      };
      const closer = async (node: Books) => {
        while (working) {
          await closeOnce(node.database, node.config, 6);
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      const work = [...nodes, ...nodes].map((node, n) => poster(node, n * 1_000));
      const closers = nodes.map(closer);
      for (let n = 0; n < DAYS; n++) {
        const before = posted;
        await until(() => Promise.resolve(posted >= before + 100), { every: 1 });
        await end(nodes[n % 2] ?? books, dayAfter(today, n));
      }
      working = false;
      await Promise.all([...work, ...closers]);
      await closeAll(books);

      const closed = await eventsIn(books.database, dayClosed);
      expect(closed.map(({ data }) => data.businessDay)).toEqual(
        Array.from({ length: DAYS }, (_, n) => dayAfter(today, n)),
      );
      // Some people were paid by a posting that came before the closer, others by the closer. The
      // result must be the same, so nothing records which.
      const payouts = closed.reduce((sum, { data }) => sum + data.payouts, 0);
      expect(payouts).toBeGreaterThan(DAYS);
      await expectPayoutsPublishedOnce();
      const [booked] = await books.database.rows<{ count: number }>(
        `SELECT count(*) AS count FROM posting WHERE kind = 'bonus'`,
      );
      expect(booked?.count).toBe(posted);
    } finally {
      await other.disconnect();
    }
  });

  it('ACC-5: a posting that waits for a payout finds a balance of zero', async () => {
    await give(books, employee(1), 500);
    await end(books, today);
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: paid, resolve: hasPaid } = Promise.withResolvers<void>();
    const slow = {
      ...books.database,
      inTransaction: <Result>(work: Parameters<typeof books.database.inTransaction<Result>>[0]) =>
        books.database.inTransaction(async (tx) => {
          const result = await work(tx);
          hasPaid();
          await held;
          return result;
        }),
    };
    const closing = closeOnce(slow, books.config);
    await paid;
    const adjusting = adjustBalance(
      books.database,
      books.config,
      { userId: employee(1), amount: 30, reason: 'A late find' },
      requestOf(),
    );
    await untilWaiting(books.database, 1);
    release();
    await closing;
    expect(await adjusting).toMatchObject({ amount: 30, balanceAfter: 30, businessDay: dayAfter(today) });
    await closeAll(books);
    expect(await show()).toMatchObject({ payouts: 1, totalPaid: 500 });
  });

  it('ACC-5, ACC-6: a closer pays ahead of its chunk without waiting for a posting, and everybody once', async () => {
    const people = [1, 2, 3, 4].map(employee);
    await bookAll(
      books,
      people.map((id) => postingRequest(id, 100)),
    );
    await end(books, today);
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: locked, resolve: hasLocked } = Promise.withResolvers<void>();
    const posting = books.database.inTransaction(async (tx) => {
      await tx.rows(`SELECT FROM account WHERE owner_id = $1 FOR NO KEY UPDATE`, [people[2]]);
      hasLocked();
      await held;
    });
    await locked;
    // The chunk is the company, the bank and the first person. The others are ahead of it.
    expect(await closeOnce(books.database, books.config, 6)).toMatchObject({ accounts: 3 });
    expect(await show()).toMatchObject({ payouts: 3, totalPaid: 300, carriedOver: 0 });
    release();
    await posting;
    await closeAll(books, 6);
    expect(await show()).toMatchObject({ status: 'closed', payouts: 4, totalPaid: 400 });
    await expectPayoutsPublishedOnce();
  });

  it('ACC-5: a closer that waits for a posting pays nothing that the posting has paid', async () => {
    await give(books, employee(1), 500);
    await end(books, today);
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: booked, resolve: hasBooked } = Promise.withResolvers<void>();
    const posting = books.database.inTransaction(async (tx) => {
      await bookRequests([postingRequest(employee(1), 30)], tx, books.platform);
      hasBooked();
      await held;
    });
    await booked;
    const closing = closeAll(books);
    await untilWaiting(books.database, 1);
    release();
    await Promise.all([posting, closing]);
    expect(await show()).toMatchObject({ status: 'closed', payouts: 1, totalPaid: 500 });
    await expectPayoutsPublishedOnce();
  });
});
