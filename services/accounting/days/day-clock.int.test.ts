/**
 * Days by the database's clock, which these tests set: daylight saving, closing hours, missed
 * closes, and nodes with different clocks.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { calendarOf } from '#mixins/calendar.ts';
import { dayClosed } from '#schemas/events/accounting/day-closed.v1.ts';
import type { Config } from '../../../config.ts';
import { until } from '../../../test/harness/wait.ts';
import { brokenInvariants, eventsIn, linesOf, openBooks } from '../books.fixture.ts';
import { fixtureId } from '../tasks/task-history.fixture.ts';
import { type ClockedBooks, closeAll, end, give, withClock } from './days.fixture.ts';
import { openDaysInTime } from './open-day.handler.ts';
import { showDay } from './read-day.query.ts';

const PIP = fixtureId(1, 1);

let books: ClockedBooks;
afterEach(async () => {
  expect(await brokenInvariants(books.database)).toEqual([]);
  await books.close();
});

async function openAt(now: string, overrides: Partial<Config> = {}): Promise<void> {
  books = await withClock(await openBooks(overrides), now);
  await tick();
}

/** Does one pass of a node's loops. */
async function tick(): Promise<void> {
  await openDaysInTime(books.database, calendarOf(books.config));
  await closeAll(books);
}

async function tickAt(now: string): Promise<void> {
  await books.setClock(now);
  await tick();
}

const days = async () => {
  const rows = await books.database.rows<{ day: string; status: string }>(
    `SELECT day::text AS day, CASE WHEN closed_at IS NOT NULL THEN 'closed' WHEN ended_at IS NOT NULL THEN 'closing' ELSE 'open' END AS status
     FROM business_day ORDER BY day`,
  );
  return rows.map(({ day, status }) => `${day} ${status}`);
};
const paidOn = async (day: string) => (await showDay(books.database, books.config, day)).totalPaid;

const BERLIN = { businessTimeZone: 'Europe/Berlin' };

describe('the schedule', () => {
  it.each([
    {
      what: 'a day of 23 hours in Berlin',
      config: BERLIN,
      begins: '2026-03-28T23:00:00Z',
      ends: '2026-03-29T22:00:00Z',
      day: '2026-03-29',
    },
    {
      what: 'a day of 25 hours in Berlin',
      config: BERLIN,
      begins: '2026-10-24T22:00:00Z',
      ends: '2026-10-25T23:00:00Z',
      day: '2026-10-25',
    },
    {
      what: 'a day of 23 hours that ends at 18:30',
      config: { ...BERLIN, dayCloseAt: '18:30' },
      begins: '2026-03-28T17:30:00Z',
      ends: '2026-03-29T16:30:00Z',
      day: '2026-03-29',
    },
    {
      what: 'a day that ends in the hour that the clock skips',
      config: { ...BERLIN, dayCloseAt: '02:30' },
      begins: '2026-03-28T01:30:00Z',
      ends: '2026-03-29T01:30:00Z',
      day: '2026-03-29',
    },
    {
      what: 'a day that ends in the hour that occurs twice, at the first',
      config: { ...BERLIN, dayCloseAt: '02:30' },
      begins: '2026-10-24T00:30:00Z',
      ends: '2026-10-25T00:30:00Z',
      day: '2026-10-25',
    },
    {
      what: 'a day with an offset of half an hour',
      config: { businessTimeZone: 'Asia/Kathmandu', dayCloseAt: '06:00' },
      begins: '2026-06-10T00:15:00Z',
      ends: '2026-06-11T00:15:00Z',
      day: '2026-06-11',
    },
  ])('ACC-5: begins and closes $what to the millisecond', async ({ config, begins, ends, day }) => {
    const justBefore = (instant: string) => new Date(Date.parse(instant) - 1).toISOString();
    const [yesterday, tomorrow] = [-1, 1].map((by) =>
      new Date(Date.parse(day) + by * 86_400_000).toISOString().slice(0, 10),
    ) as [string, string];
    await openAt(justBefore(begins), config);
    await give(books, PIP, 100);
    expect(await days()).toEqual([`${yesterday} open`]);
    await tickAt(begins);
    expect(await days()).toEqual([`${yesterday} closed`, `${day} open`]);
    await give(books, PIP, 20);
    await books.setClock(justBefore(ends));
    await tick();
    await give(books, PIP, 3);
    expect(await days()).toEqual([`${yesterday} closed`, `${day} open`]);
    await tickAt(ends);
    expect(await days()).toEqual([`${yesterday} closed`, `${day} closed`, `${tomorrow} open`]);
    expect([await paidOn(yesterday), await paidOn(day)]).toEqual([100, 23]);
  });

  it('ACC-6: makes up for missed closes, oldest first, and pays what was due on its own day', async () => {
    await openAt('2026-03-01T12:00:00Z');
    await give(books, PIP, 100);
    await tickAt('2026-03-04T12:00:00Z');
    expect(await days()).toEqual([
      '2026-03-01 closed',
      '2026-03-02 closed',
      '2026-03-03 closed',
      '2026-03-04 open',
    ]);
    const closed = await eventsIn(books.database, dayClosed);
    expect(closed.map(({ data }) => [data.businessDay, data.payouts, data.totalPaid])).toEqual([
      ['2026-03-01', 1, 100],
      ['2026-03-02', 0, 0],
      ['2026-03-03', 0, 0],
    ]);
  });

  it('ACC-5: a posting that comes before the schedule ends the day, pays its balance, and is booked on the next', async () => {
    await openAt('2026-03-01T23:59:59.999Z');
    await give(books, PIP, 100);
    await books.setClock('2026-03-04T00:00:00Z');
    await give(books, PIP, 7);
    const lines = await linesOf(books.database, PIP);
    expect(
      lines.map(({ key, amount, balance }) => [key.replace(/request:.*/, 'request'), amount, balance]),
    ).toEqual([
      ['request', 100, 100],
      [`payout:${PIP}:2026-03-01`, -100, 0],
      ['request', 7, 7],
    ]);
    expect(await days()).toEqual([
      '2026-03-01 closing',
      '2026-03-02 closing',
      '2026-03-03 closing',
      '2026-03-04 open',
    ]);
    await tick();
    expect(await paidOn('2026-03-01')).toBe(100);
    expect(await paidOn('2026-03-04')).toBe(0);
  });

  it('ACC-6: leaves a day that was begun early by hand until its own end', async () => {
    await openAt('2026-03-01T12:00:00Z');
    await end(books, '2026-03-01');
    await tickAt('2026-03-02T12:00:00Z');
    expect(await days()).toEqual(['2026-03-01 closed', '2026-03-02 open']);
    await tickAt('2026-03-03T00:00:00Z');
    expect(await days()).toEqual(['2026-03-01 closed', '2026-03-02 closed', '2026-03-03 open']);
  });

  it('ACC-6: lets a day end by hand even if the clock was set back since it was opened', async () => {
    await openAt('2026-03-01T12:00:00Z');
    await end(books, '2026-03-01');
    await give(books, PIP, 7);
    await books.setClock('2026-03-01T11:00:00Z');
    await end(books, '2026-03-02');
    await tick();
    expect(await days()).toEqual(['2026-03-01 closed', '2026-03-02 closed', '2026-03-03 open']);
    expect(await paidOn('2026-03-02')).toBe(7);
  });

  it('ACC-6: on many nodes at once closes the day once', async () => {
    await openAt('2026-03-01T12:00:00Z');
    await Promise.all(Array.from({ length: 20 }, (_, n) => give(books, fixtureId(1, n), n + 1)));
    await books.setClock('2026-03-02T00:00:00Z');
    const closers = Array.from({ length: 4 }, () => tick());
    const posters = Array.from({ length: 20 }, (_, n) => give(books, fixtureId(1, n), 1_000));
    await Promise.all([...closers, ...posters]);
    await tick();
    expect(await days()).toEqual(['2026-03-01 closed', '2026-03-02 open']);
    expect(await paidOn('2026-03-01')).toBe(210);
    expect(await eventsIn(books.database, dayClosed)).toHaveLength(1);
  });
});

describe('nodes whose clocks are an hour off', () => {
  const nodes: ChildProcess[] = [];
  afterEach(async () => {
    for (const node of nodes.splice(0)) {
      const exit = once(node, 'exit');
      node.kill('SIGKILL');
      await exit;
    }
  });

  function startNode(offsetMs: number): () => number {
    const script = fileURLToPath(new URL('./closer.fixture.ts', import.meta.url));
    const { databaseUrl, namespace } = books.config;
    const node = spawn(process.execPath, [script, databaseUrl ?? '', namespace, String(offsetMs)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    nodes.push(node);
    let passes = 0;
    node.stdout.on('data', (lines: Buffer) => {
      passes += lines.toString().split('\n').length - 1;
    });
    return () => passes;
  }

  it('ACC-5: use the clock of the database', async () => {
    const HOUR_MS = 3_600_000;
    await openAt('2026-03-01T23:30:00Z');
    await give(books, PIP, 100);
    const passes = [startNode(HOUR_MS), startNode(-HOUR_MS)];
    const more = async (count: number) => {
      const before = passes.map((read) => read());
      await until(() => Promise.resolve(passes.every((read, n) => read() >= (before[n] ?? 0) + count)), {
        within: 30_000,
        what: 'passes of both nodes',
      });
    };
    await more(5);
    expect(await days()).toEqual(['2026-03-01 open']);
    await books.setClock('2026-03-02T00:30:00Z');
    await until(async () => (await days()).length === 2 && (await days())[0] === '2026-03-01 closed');
    await more(5);
    expect(await days()).toEqual(['2026-03-01 closed', '2026-03-02 open']);
    expect(await paidOn('2026-03-01')).toBe(100);
  });
});
