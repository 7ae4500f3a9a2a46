/** Causes of dead letters, and jobs that settle all dead letters of a cause, on a real database. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ResourceBusyError } from '#mixins/database/admission.ts';
import { openTestDatabase, type TestDatabase } from '#mixins/database/open.fixture.ts';
import { deadLetterItem } from '#mixins/loops/item-dead-letters.ts';
import type { LoopItem } from '#mixins/loops/item-work.ts';
import { causeOf } from '#mixins/outbox/outbox.fixture.ts';
import { listCauses } from './causes.store.ts';
import { listDeadLetters } from './dead-letters.store.ts';
import type { DeadLetterSource } from './dead-letters.ts';
import { findJob, leaseJob, releaseJob, takeTurn, type WantedJob } from './jobs.store.ts';
import { requestJob, runJobs } from './jobs.ts';

const ADMIN = causeOf('an-admin');
const plain = { cause: ADMIN, idempotency: null };
const LOOP = 'things-stringing';

let db: TestDatabase;
/** The keys of items that were redriven or discarded, in order. */
let settled: string[];
let errors: string[];
/** Called before an item is redriven. */
let handle: (item: LoopItem) => void | Promise<void>;

beforeAll(async () => {
  db = await openTestDatabase();
});
beforeEach(() => {
  settled = [];
  errors = [];
  handle = () => {};
});
afterEach(async () => {
  await db.database.inTransaction(async (tx) => {
    for (const table of ['dead_letter', 'dead_letter_job', 'outbox', 'idempotency_key'])
      await tx.run(`DELETE FROM ${table}`);
  });
});
afterAll(() => db.close());

const source = (): DeadLetterSource => ({
  database: db.database,
  contextOf: () => undefined,
  workOf: (name) => ({
    name,
    async redrive(_, item) {
      await handle(item);
      settled.push(item.key);
    },
    async discard(_, item, reason) {
      settled.push(`${item.key}: ${reason}`);
    },
  }),
});

interface Sample {
  readonly keys: readonly (number | string)[];
  readonly loop?: string;
  readonly type?: string;
  readonly error?: Error;
}

async function put({ keys, loop = LOOP, type = 'things.bead', error = new TypeError('No hole') }: Sample) {
  for (const key of keys) {
    const item = { key: String(key), type, subject: `bead/${key}`, data: {} };
    await db.database.inTransaction((tx) => deadLetterItem(tx, loop, item, error, 1));
  }
}
const BEADS = { consumer: LOOP, type: 'things.bead', code: 'TypeError' };
const request = (wanted: Partial<WantedJob> = {}, by: Parameters<typeof requestJob>[2] = plain) =>
  requestJob(db.database, { ...BEADS, step: 'redriven', reason: null, ...wanted }, by);
const stateOf = (id: string) => findJob(db.database, id);
const run = () => runJobs(source(), { error: (text) => void errors.push(String(text)) });
async function runAll(): Promise<void> {
  while (await run()) {
    // The next pass.
  }
}
const statuses = async () =>
  (await listDeadLetters(db.database, { limit: 200 })).map(({ status }) => status).toSorted();
const events = async () =>
  (await db.database.rows<{ type: string }>('SELECT type FROM outbox ORDER BY position')).map(
    ({ type }) => type,
  );

describe('the causes of dead letters', () => {
  beforeEach(async () => {
    await put({ keys: [1, 2, 3] });
    await put({ keys: [4], error: new TypeError('The newest') });
    await put({ keys: [5], error: new RangeError('Too long') });
    await put({ keys: [6], type: 'things.chain' });
    await put({ keys: [7, 8], loop: 'things-counting' });
  });
  const list = (after = { consumer: '', type: '', code: '' }, most = 100, limit = 100) =>
    listCauses(db.database, after, most, limit);

  it('FAIL-3: are counted, with the newest message and the times', async () => {
    const found = await list();
    expect(found).toMatchObject([
      { consumer: 'things-counting', type: 'things.bead', code: 'TypeError', count: 2 },
      { consumer: LOOP, type: 'things.bead', code: 'RangeError', count: 1, message: 'Too long' },
      { ...BEADS, count: 4, message: 'The newest' },
      { consumer: LOOP, type: 'things.chain', code: 'TypeError', count: 1 },
    ]);
    const letters = await listDeadLetters(db.database, { ...BEADS, status: 'open', limit: 10 });
    expect(found[2]?.lastAt).toEqual(letters.at(0)?.at);
    expect(found[2]?.firstAt).toEqual(letters.at(-1)?.at);
    expect(letters.map(({ eventKey }) => eventKey)).toEqual(['4', '3', '2', '1']);
  });

  it('FAIL-3: are counted up to a limit, and listed page by page', async () => {
    const whole = await list(undefined, 3);
    expect(whole.map(({ count }) => count)).toEqual([2, 1, 3, 1]);
    const [first, second] = await list(undefined, 3, 2);
    expect([first, second]).toEqual(whole.slice(0, 2));
    expect(second === undefined ? [] : await list(second, 3)).toEqual(whole.slice(2));
  });

  it('FAIL-3: are those of open dead letters', async () => {
    await request();
    await runAll();
    expect((await list()).map(({ code, type }) => [type, code])).toEqual([
      ['things.bead', 'TypeError'],
      ['things.bead', 'RangeError'],
      ['things.chain', 'TypeError'],
    ]);
  });
});

describe('a job for a cause', () => {
  beforeEach(async () => {
    await put({ keys: [1, 2, 3] });
    await put({ keys: [4], error: new RangeError('Too long') });
    await put({ keys: [5], type: 'things.chain' });
  });

  it('FAIL-3, AUD-1: redrives its dead letters in order, and no others; each step is logged', async () => {
    const job = await request();
    expect(job).toEqual({ id: job.id, status: 'running', total: 3, done: 0, failed: 0 });
    await runAll();
    expect(settled).toEqual(['1', '2', '3']);
    expect(await stateOf(job.id)).toEqual({ ...job, status: 'completed', done: 3 });
    expect(await statuses()).toEqual(['open', 'open', 'redriven', 'redriven', 'redriven']);
    expect(await events()).toEqual([
      'things.intervention.made.v1',
      ...Array.from({ length: 3 }, () => 'things.dead-letter.redriven.v1'),
    ]);
    const actors = await db.database.rows('SELECT DISTINCT actor_id FROM outbox');
    expect(actors).toEqual([{ actor_id: ADMIN.actorId }]);
  });

  it('FAIL-3: discards its dead letters with the reason', async () => {
    const job = await request({ step: 'discarded', reason: 'of no use' });
    await runAll();
    expect(settled).toEqual(['1: of no use', '2: of no use', '3: of no use']);
    expect(await stateOf(job.id)).toMatchObject({ status: 'completed', done: 3, failed: 0 });
  });

  it('FAIL-3: counts those that fail again, and goes on', async () => {
    handle = ({ key }) => {
      if (key === '2') throw new TypeError('Still no hole');
    };
    const job = await request();
    await runAll();
    expect(settled).toEqual(['1', '3']);
    expect(await stateOf(job.id)).toMatchObject({ status: 'completed', total: 3, done: 2, failed: 1 });
    const open = await listDeadLetters(db.database, { ...BEADS, status: 'open', limit: 10 });
    expect(open).toMatchObject([{ eventKey: '2', attempts: 2, message: 'Still no hole' }]);
  });

  it('FAIL-3: leaves those that were dead-lettered after the request', async () => {
    const job = await request();
    await put({ keys: [9] });
    await runAll();
    expect(settled).toEqual(['1', '2', '3']);
    expect(await stateOf(job.id)).toMatchObject({ status: 'completed', done: 3 });
  });

  it('FAIL-3: without dead letters is completed', async () => {
    const job = await request({ code: 'unknown' });
    expect(job.total).toBe(0);
    await runAll();
    expect(await stateOf(job.id)).toMatchObject({ status: 'completed', done: 0, failed: 0 });
  });

  it('FAIL-3: goes on after its node has died, also in the middle of a dead letter', async () => {
    const job = await request();
    // One node settles a dead letter and dies before it counts it. Another dies before it settles
    // one.
    const died = await db.database.inTransaction((tx) => leaseJob(tx, 60_000));
    if (died === undefined) throw new Error('A job');
    const turn = await db.database.inTransaction((tx) => takeTurn(tx, died, 60_000));
    await db.database.inTransaction((tx) =>
      tx.run(
        `UPDATE dead_letter SET status = 'redriven', settled_at = now(), settled_by = 'x' WHERE id = $1::uuid`,
        [turn?.letterId],
      ),
    );
    expect(await run()).toBe(false);
    await expire();
    await die(1);
    await runAll();
    expect(settled).toEqual(['2', '3']);
    expect(await stateOf(job.id)).toMatchObject({ status: 'completed', total: 3, done: 3, failed: 0 });
  });

  it('FAIL-3: gives up a dead letter that ends the process again and again', async () => {
    const job = await request();
    await die(3);
    await runAll();
    expect(settled).toEqual(['2', '3']);
    expect(await stateOf(job.id)).toMatchObject({ status: 'completed', done: 2, failed: 1 });
  });

  it('FAIL-3: is stopped when nodes have died six times, and leaves its dead letters open', async () => {
    const job = await request();
    await die(5);
    // A node that ends in order gives its lease back, which is no death.
    const deaths: number[] = [];
    for (let ends = 0; ends < 3; ends += 1) {
      await db.database.inTransaction(async (tx) => {
        const leased = await leaseJob(tx, 60_000);
        if (leased === undefined) return;
        deaths.push(leased.deaths);
        await takeTurn(tx, leased, 60_000);
        await releaseJob(tx, leased);
      });
    }
    expect(deaths).toEqual([5, 5, 5]);
    await die(1);
    await runAll();
    expect(await stateOf(job.id)).toEqual({ ...job, status: 'stopped' });
    expect(settled).toEqual([]);
    expect(await statuses()).toEqual(Array(5).fill('open'));
    expect(errors).toEqual([expect.stringContaining(job.id)]);
    // Another job may be requested, such as one that discards them.
    const next = await request({ step: 'discarded', reason: 'of no use' });
    await runAll();
    expect(await stateOf(next.id)).toMatchObject({ status: 'completed', done: 3, failed: 0 });
  });

  it('FAIL-3: waits where nothing can be settled now, and gives no dead letter up for that', async () => {
    let refusals = 5;
    handle = () => {
      refusals -= 1;
      if (refusals >= 0) throw new ResourceBusyError();
    };
    const job = await request();
    const before = await listDeadLetters(db.database, { limit: 10 });
    for (let passes = 0; passes < 5; passes += 1) {
      await expect(run()).rejects.toThrow(ResourceBusyError);
    }
    // Nothing was tried, so nothing is noted or logged.
    expect(await listDeadLetters(db.database, { limit: 10 })).toEqual(before);
    expect(await events()).toEqual(['things.intervention.made.v1']);
    await runAll();
    expect(settled).toEqual(['1', '2', '3']);
    expect(await stateOf(job.id)).toMatchObject({ status: 'completed', done: 3, failed: 0 });
  });

  it('FAIL-3: is done once by several nodes at a time', async () => {
    handle = () => new Promise((resolve) => setImmediate(resolve));
    const jobs = [await request(), await request()];
    const runs = await Promise.all([run(), run(), run()]);
    expect(runs.filter(Boolean)).toHaveLength(2);
    await runAll();
    expect(settled.toSorted()).toEqual(['1', '2', '3']);
    for (const { id } of jobs) expect(await stateOf(id)).toMatchObject({ status: 'completed', failed: 0 });
    expect((await events()).filter((type) => type.endsWith('redriven.v1'))).toHaveLength(3);
  });

  it('FAIL-3: is the first one for a repeated key', async () => {
    const by = {
      cause: ADMIN,
      idempotency: { userId: randomUUID(), route: 'r', key: 'k', fingerprint: 'f' },
    };
    const job = await request({}, by);
    await runAll();
    expect(await request({}, by)).toEqual(job);
    expect(await db.database.rows('SELECT FROM dead_letter_job')).toHaveLength(1);
  });
});

/** So many nodes end, each while it settles a dead letter of the oldest job. */
async function die(times: number): Promise<void> {
  for (let deaths = 0; deaths < times; deaths += 1) {
    await db.database.inTransaction(async (tx) => {
      const job = await leaseJob(tx, 60_000);
      if (job !== undefined) await takeTurn(tx, job, 60_000);
    });
    await expire();
  }
}

/** Ends the leases of nodes that have died. */
const expire = () =>
  db.database.inTransaction((tx) =>
    tx.run(`UPDATE dead_letter_job SET leased_until = now() - interval '1 second'`),
  );
