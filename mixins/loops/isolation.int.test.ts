/** A loop over bad items: a queue of beads in a real database. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { findDeadLetter, listDeadLetters } from '#mixins/consumer/dead-letters.store.ts';
import { type DeadLetterSource, discard, redrive } from '#mixins/consumer/dead-letters.ts';
import { openTestDatabase, type TestDatabase } from '#mixins/database/open.fixture.ts';
import { causeOf } from '#mixins/outbox/outbox.fixture.ts';
import { beadsWork, type Handle, putBeads, STRINGING, strung } from './beads.fixture.ts';
import { Isolation, MAX_LONE_PASSING } from './isolation.ts';
import { waitingIn } from './item-dead-letters.ts';
import { Loops } from './loops.ts';

const SOMEBODY = causeOf('somebody');

let db: TestDatabase;
const log = { info() {}, warn() {}, error() {} };

beforeAll(async () => {
  db = await openTestDatabase();
});
afterEach(async () => {
  await db.database.inTransaction(async (tx) => {
    for (const table of ['item', 'big', 'dead_letter', 'attempt']) await tx.run(`DELETE FROM ${table}`);
  });
});
afterAll(() => db.close());

const beads = (count: number, titles: Readonly<Record<number, string>> = {}) =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1, title: titles[index + 1] ?? 'good' }));
const idsOf = (count: number, ...without: number[]) =>
  beads(count)
    .map(({ id }) => id)
    .filter((id) => !without.includes(id));
const letters = () => listDeadLetters(db.database, { status: 'open', limit: 200 });
const attempts = () => db.database.rows('SELECT consumer, event_key FROM attempt');
const refuseBad: Handle = ({ title }) => {
  if (title === 'bad') throw new TypeError('It has no hole');
};

/**
 * Runs passes until nothing is left to do. Errors are retried, as often as a loop would retry
 * within a while.
 */
async function runAll(isolated: Isolation<readonly number[]>, tries = 40): Promise<unknown[]> {
  const errors: unknown[] = [];
  for (let left = tries; left > 0; left -= 1) {
    try {
      if ((await isolated.runOnce()).length === 0) return errors;
    } catch (error) {
      errors.push(error);
    }
  }
  throw new Error('It has no end');
}

describe('a bad item of a loop', () => {
  it.each([
    ['alone', 1, { 1: 'bad' }],
    ['first of many', 100, { 1: 'bad' }],
    ['in the middle of many', 100, { 57: 'bad' }],
    ['among others', 100, { 3: 'bad', 57: 'bad', 58: 'bad', 100: 'bad' }],
  ])('A1: is dead-lettered, and the others are handled in order: %s', async (_, count, titles) => {
    await putBeads(db.database, beads(count, titles));
    expect(await runAll(new Isolation(beadsWork(db.database, refuseBad), log))).toEqual([]);
    const bad = Object.keys(titles).map(Number);
    expect(await strung(db.database)).toEqual(idsOf(count, ...bad));
    const found = (await letters()).toSorted((a, b) => Number(a.eventKey) - Number(b.eventKey));
    expect(found).toMatchObject(
      bad.map((id) => ({
        consumer: STRINGING,
        eventKey: String(id),
        type: 'things.bead',
        subject: `bead/${id}`,
        attempts: 1,
        code: 'TypeError',
        message: 'It has no hole',
      })),
    );
    expect(await attempts()).toEqual([]);
  });

  it('A1: that the database refuses is dead-lettered with its code', async () => {
    await putBeads(db.database, beads(20, { 7: 'bad' }));
    const handle: Handle = async ({ title }, tx) => {
      if (title === 'bad') await tx.run(`INSERT INTO big (value) VALUES ('many')`);
    };
    await runAll(new Isolation(beadsWork(db.database, handle), log));
    expect(await strung(db.database)).toEqual(idsOf(20, 7));
    expect(await letters()).toMatchObject([{ eventKey: '7', code: '22P02' }]);
  });

  it('A1: remains the only dead letter after passes with it, and passes grow again', async () => {
    await putBeads(db.database, beads(200, { 2: 'bad' }));
    const passes: number[] = [];
    await runAll(new Isolation(beadsWork(db.database, refuseBad, { passes }), log));
    expect(Math.max(...passes)).toBe(64);
    expect(await letters()).toHaveLength(1);
  });

  it('A1: that always violates a unique key is dead-lettered after retries', async () => {
    await putBeads(db.database, [...beads(10), { id: 20, title: 'twice' }]);
    const handle: Handle = async ({ title }, tx) => {
      if (title === 'twice') await tx.run('INSERT INTO journal (id) VALUES (1), (1)');
    };
    const errors = await runAll(new Isolation(beadsWork(db.database, handle), log));
    expect(errors.length).toBeGreaterThan(3);
    expect(await strung(db.database)).toEqual(idsOf(10));
    expect(await letters()).toMatchObject([{ eventKey: '20', code: '23505' }]);
  });

  it('A1: is one of at most a hundred in a minute; then the loop waits', async () => {
    await putBeads(db.database, beads(102, Object.fromEntries(idsOf(102).map((id) => [id, 'bad']))));
    const isolated = new Isolation(beadsWork(db.database, refuseBad), log);
    await expect(isolated.runOnce()).rejects.toThrow('more than 100 items to dead-letter within a minute');
    await expect(isolated.runOnce()).rejects.toThrow('It has no hole');
    expect(await letters()).toHaveLength(100);
    await db.database.inTransaction((tx) =>
      tx.run(`UPDATE dead_letter SET set_aside_at = now() - interval '2 minutes'`),
    );
    await runAll(isolated);
    expect(await letters()).toHaveLength(102);
  });
});

describe('a temporary error', () => {
  const away = Object.assign(new Error('away'), { retryable: true });

  it('A1: dead-letters no item if it is short', async () => {
    await putBeads(db.database, beads(20));
    let failures = 4;
    const handle: Handle = () => {
      if (failures-- > 0) throw away;
    };
    expect(await runAll(new Isolation(beadsWork(db.database, handle), log))).toHaveLength(4);
    expect(await strung(db.database)).toEqual(idsOf(20));
    expect(await letters()).toEqual([]);
    expect(await attempts()).toEqual([]);
  });

  it('A1: of one item makes it wait while the others go on; it is handled later', async () => {
    await putBeads(db.database, beads(20, { 5: 'slow' }));
    let slow = true;
    const handle: Handle = ({ title }) => {
      if (slow && title === 'slow') throw away;
    };
    const isolated = new Isolation(beadsWork(db.database, handle), log);
    await runAll(isolated);
    expect(await strung(db.database)).toEqual(idsOf(20, 5));
    expect(await letters()).toEqual([]);
    expect(await attempts()).toContainEqual({ consumer: waitingIn(STRINGING), event_key: '5' });
    slow = false;
    await db.database.inTransaction((tx) => tx.run(`UPDATE attempt SET last_at = now() - interval '1 hour'`));
    await runAll(isolated);
    expect(await strung(db.database)).toEqual([...idsOf(20, 5), 5]);
  });

  it('A1: of one item delays a queue with a cursor for some passes, then the item is dead-lettered', async () => {
    await putBeads(db.database, beads(20, { 5: 'slow' }));
    const handle: Handle = ({ title }) => {
      if (title === 'slow') throw away;
    };
    const isolated = new Isolation(beadsWork(db.database, handle, { canWait: false }), log);
    expect((await runAll(isolated)).length).toBeGreaterThanOrEqual(MAX_LONE_PASSING);
    expect(await strung(db.database)).toEqual(idsOf(20, 5));
    expect(await letters()).toMatchObject([{ eventKey: '5', attempts: MAX_LONE_PASSING, message: 'away' }]);
    expect(await attempts()).toEqual([]);
  });

  it('A1: dead-letters no item of a queue with a cursor if it is short', async () => {
    await putBeads(db.database, beads(20));
    let failures = MAX_LONE_PASSING + 4;
    const handle: Handle = () => {
      if (failures-- > 0) throw away;
    };
    await runAll(new Isolation(beadsWork(db.database, handle, { canWait: false }), log));
    expect(await strung(db.database)).toEqual(idsOf(20));
    expect(await letters()).toEqual([]);
    expect(await attempts()).toEqual([]);
  });
});

describe('an item that was dead-lettered', () => {
  it('A1: is redriven once, stays if it fails again, or is discarded', async () => {
    let mended = false;
    const loops = new Loops({ service: 'things', log });
    const isolated = loops.isolate(
      beadsWork(db.database, (bead, tx) => (mended ? undefined : refuseBad(bead, tx))),
    );
    const source: DeadLetterSource = {
      database: db.database,
      contextOf: () => undefined,
      workOf: (name) => loops.work(name),
    };
    await putBeads(db.database, beads(3, { 1: 'bad', 2: 'bad' }));
    await runAll(isolated);
    const [two, one] = await letters();
    const [first, second] = [one?.id ?? '', two?.id ?? ''];
    await expect(redrive(source, first, SOMEBODY)).rejects.toThrow('It has no hole');
    expect(await findDeadLetter(db.database, first)).toMatchObject({ status: 'open', attempts: 2 });
    expect(await strung(db.database)).toEqual([3]);
    mended = true;
    expect(await redrive(source, first, SOMEBODY)).toMatchObject({
      status: 'redriven',
      settledBy: 'somebody',
    });
    expect(await strung(db.database)).toEqual([3, 1]);
    await expect(redrive(source, first, SOMEBODY)).rejects.toMatchObject({ type: 'conflict' });
    expect(await discard(source, second, SOMEBODY, 'of no use')).toMatchObject({ status: 'discarded' });
    await runAll(isolated);
    expect(await strung(db.database)).toEqual([3, 1]);
    expect(await db.database.rows('SELECT FROM item')).toEqual([]);
  });
});

describe('an item that kills the process', () => {
  it('A1: is dead-lettered after its lone attempts, and the others are handled', async () => {
    await putBeads(db.database, beads(6, { 3: 'deadly' }));
    const script = new URL('./killer.fixture.ts', import.meta.url).pathname;
    let deaths = 0;
    for (;;) {
      const child = spawn(process.execPath, [script, JSON.stringify(db.config)], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      if (signal === null) break;
      deaths += 1;
      if (deaths > 10) break;
    }
    // Two deaths with its neighbours, then three alone.
    expect(deaths).toBe(5);
    expect(await strung(db.database)).toEqual([1, 2, 4, 5, 6]);
    expect(await letters()).toMatchObject([{ eventKey: '3', code: 'kills_process', attempts: 3 }]);
    expect(await attempts()).toEqual([]);
  });
});
