/** ANA-6 as a job: its requests, the nodes that run it, and its recovery when a node ends. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { addressesOf } from '#mixins/database/address.ts';
import { withClient } from '#mixins/database/client.ts';
import type { Database } from '#mixins/database/database.ts';
import { DatabaseLifecycle } from '#mixins/database/lifecycle.ts';
import { SILENT } from '#mixins/log.ts';
import { decodeEvent } from '#schemas/avro.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import { interventionMadeOf } from '#schemas/intervention.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { until } from '../../test/harness/wait.ts';
import type { Result } from './findings.ts';
import { requestLatest, showLatest } from './latest.handler.ts';
import { Reconciler, type ReconcilerOptions, type ReconcilerSettings } from './reconciler.worker.ts';
import { finish, renewLease, takeUp } from './reconciliation.store.ts';
import { answerReconciliation } from './reconciliation.worker.ts';
import { reconciliationStatus, startReconciliation } from './request.handler.ts';

const AGREED: Result = { differences: [], more: 0, counts: {} };
const DIFFERENT: Result = {
  differences: Array.from({ length: 25 }, (_, n) => ({ code: 'charge_missing', message: `Task ${n}` })),
  more: 3,
  counts: { charge_missing: 28 },
};
const never = new AbortController().signal;
const CAUSE: Cause = {
  actorId: randomUUID(),
  actorAddress: '192.0.2.7',
  correlationId: 'asked',
  causationId: null,
  traceparent: null,
};

const config = testConfig();
const migrations = new URL('./migrations/', import.meta.url);
const lifecycle = new DatabaseLifecycle({ config, service: 'reconciliation', migrations, log: SILENT });
let database: Database;
let log: { warn: string[]; error: string[] };

beforeAll(async () => {
  database = await lifecycle.open();
});
beforeEach(async () => {
  log = { warn: [], error: [] };
  await withClient(addressesOf(config, 'reconciliation').owner, (client) =>
    client.run('TRUNCATE reconciliation, outbox RESTART IDENTITY'),
  );
});
afterAll(async () => {
  await lifecycle.close();
  await dropNamespace(config);
});

function node(
  reconcile: ReconcilerOptions['reconcile'],
  settings: Partial<ReconcilerSettings> = {},
): Reconciler {
  return new Reconciler({
    database,
    ask: async <Answer>() => undefined as Answer,
    reconcile,
    log: { warn: (text) => void log.warn.push(text), error: (text) => void log.error.push(text) },
    settings,
  });
}

const start = () => startReconciliation(database, CAUSE);
const status = (number: number) => reconciliationStatus(database, number);
const answer = (waitMs?: number) => answerReconciliation(database, never, waitMs);
const interventionMade = interventionMadeOf('reconciliation');
/** The events in the outbox. */
async function events() {
  const found = await database.rows<{ actor: string; address: string; payload: Buffer }>(
    'SELECT actor_id AS actor, actor_address AS address, payload FROM outbox ORDER BY position',
  );
  return found.map(({ payload, ...event }) => {
    const { step, target } = decodeEvent(interventionMade, interventionMade.schema, payload);
    return { ...event, step, target };
  });
}
const rows = () => database.rows('SELECT number, state FROM reconciliation ORDER BY number');
/** Makes the reconciliations this much older. */
const age = (ms: number) =>
  database.inTransaction((tx) =>
    tx.run(
      `UPDATE reconciliation SET began_at = began_at - shift, ended_at = ended_at - shift, leased_until = leased_until - shift
       FROM (SELECT $1 * interval '1 millisecond' AS shift) AS passed`,
      [ms],
    ),
  );

describe('a requested reconciliation', () => {
  it('runs once for all requests before it begins, and gives its findings', async () => {
    expect(await Promise.all([start(), start(), start()])).toEqual([1, 1, 1]);
    expect(await status(1)).toMatchObject({ state: 'waiting', beganAt: null, endedAt: null, result: null });
    expect(await node(async () => DIFFERENT).runOnce()).toBe('done');
    expect(await status(1)).toMatchObject({ state: 'done', result: DIFFERENT, reason: null });
    await expect(status(2)).rejects.toMatchObject({ type: 'not_found' });
  });

  it('ANA-6: runs on one node at a time', async () => {
    let running = 0;
    let most = 0;
    const reconcile = async () => {
      running += 1;
      most = Math.max(most, running);
      // A request during a run must get a reconciliation that begins later.
      await start();
      running -= 1;
      return AGREED;
    };
    const nodes = Array.from({ length: 4 }, () => node(reconcile));
    for (let times = 0; times < 5; times++) {
      await start();
      const outcomes = await Promise.all(nodes.map((each) => each.runOnce()));
      expect(outcomes.filter((outcome) => outcome === 'done').length).toBeGreaterThanOrEqual(1);
    }
    expect(most).toBe(1);
  });

  it('runs again for a request while it is under way', async () => {
    await start();
    const asked = Promise.withResolvers<number>();
    await node(async () => {
      asked.resolve(await start());
      return AGREED;
    }).runOnce();
    expect(await asked.promise).toBe(2);
    expect(await rows()).toEqual([
      { number: 1, state: 'done' },
      { number: 2, state: 'waiting' },
    ]);
  });
});

describe('the answer', () => {
  it('ANA-6: is that of a reconciliation which began after the request', async () => {
    await start();
    await node(async () => AGREED).runOnce();
    const before = Date.now();
    const asked = answer();
    await until(async () => (await rows()).length === 2);
    await node(async () => DIFFERENT).runOnce();
    const { checkedAt, ...found } = await asked;
    expect(found).toEqual({ consistent: false, ...DIFFERENT });
    expect(Date.parse(checkedAt)).toBeGreaterThanOrEqual(before);
  });

  it('is 503 if it takes too long, and is given to a repeated request', async () => {
    await expect(answer(0)).rejects.toMatchObject({ type: 'service_unavailable', data: { retryAfter: 5 } });
    await node(async () => AGREED).runOnce();
    expect(await answer(1_000)).toMatchObject({ consistent: true });
    await expect(answer(0)).rejects.toMatchObject({ type: 'service_unavailable' });
    expect(await rows()).toHaveLength(2);
  });

  it('ANA-6: is 503, with the reason, if it could not be carried out', async () => {
    const asked = answer();
    asked.catch(() => {});
    await until(async () => (await rows()).length === 1);
    const reason = 'accounting does not answer';
    expect(
      await node(async () => {
        throw new Problem('service_unavailable', reason);
      }).runOnce(),
    ).toBe('failed');
    await expect(asked).rejects.toMatchObject({ type: 'service_unavailable', message: reason });
    expect(log).toEqual({ warn: [`Reconciliation 1 could not be done: ${reason}`], error: [] });
  });

  it('is 500 after an unexpected error, and only the log has the reason', async () => {
    const asked = answer();
    asked.catch(() => {});
    await until(async () => (await rows()).length === 1);
    await node(() => Promise.reject(new TypeError('A bug'))).runOnce();
    await expect(asked).rejects.toMatchObject({ type: 'internal_error' });
    expect(log.error.join()).toContain('TypeError: A bug');
    expect(JSON.stringify(await status(1))).not.toContain('A bug');
  });
});

describe('differences', () => {
  it('ANA-6: are logged as an error, and named up to a limit', async () => {
    await start();
    await node(async () => DIFFERENT).runOnce();
    const [line = ''] = log.error;
    expect(line).toMatch(/^Reconciliation 1 found 28 differences:\n {2}charge_missing: Task 0\n/);
    expect(line).toMatch(/\n {2}charge_missing: Task 19\n {2}and 8 more$/);
    await start();
    await node(async () => AGREED).runOnce();
    expect(log.error).toHaveLength(1);
  });
});

describe('the schedule', () => {
  const minutes = (n: number) => n * 60_000;

  it('ANA-6: requests one ten minutes after the last one', async () => {
    const clock = node(async () => AGREED);
    expect(await clock.runOnce()).toBe('idle');
    await start();
    expect(await clock.runOnce()).toBe('done');
    await age(minutes(9));
    expect(await clock.runOnce()).toBe('idle');
    await age(minutes(2));
    expect(await Promise.all([clock.runOnce(), node(async () => AGREED).runOnce()])).toContain('done');
    expect(await rows()).toHaveLength(2);
  });

  it('requests the first one ten minutes after the start of the node', async () => {
    expect(await node(async () => AGREED, { everyMs: -1 }).runOnce()).toBe('done');
  });

  it('requests one a minute after a failed one, and waits longer after one that took long', async () => {
    const away = node(() => Promise.reject(new Problem('service_unavailable', 'Away')));
    await start();
    expect(await away.runOnce()).toBe('failed');
    expect(await away.runOnce()).toBe('idle');
    await age(minutes(1.1));
    const clock = node(async () => AGREED);
    expect(await clock.runOnce()).toBe('done');
    await database.inTransaction((tx) =>
      tx.run(`UPDATE reconciliation SET began_at = began_at - interval '2 minutes' WHERE number = 2`),
    );
    await age(minutes(11));
    expect(await clock.runOnce()).toBe('idle');
    await age(minutes(10));
    expect(await clock.runOnce()).toBe('done');
  });
});

describe('a node that ends', () => {
  it('leaves its reconciliation to another one when its lease is over, and then stores no result', async () => {
    await start();
    const frozen = randomUUID();
    const taken = await database.inTransaction((tx) => takeUp(tx, frozen));
    expect(taken).toBe(1);
    const other = node(async () => AGREED);
    expect(await other.runOnce()).toBe('idle');
    await age(16_000);
    expect(await other.runOnce()).toBe('done');
    expect(await database.inTransaction((tx) => renewLease(tx, 1, frozen))).toBe(false);
    expect(await database.inTransaction((tx) => finish(tx, 1, frozen, { result: DIFFERENT }))).toBe(false);
    expect(await status(1)).toMatchObject({ state: 'done', result: AGREED });
  });

  it('returns it at once when it stops in order', async () => {
    await start();
    const began = Promise.withResolvers<void>();
    const stopping = node(async (ask) => {
      began.resolve();
      for (;;) {
        await ask('tasks', 'appended', {});
        await delay(1);
      }
    });
    const run = stopping.runOnce();
    await began.promise;
    stopping.stop();
    expect(await run).toBe('lost');
    expect(await stopping.runOnce()).toBe('idle');
    expect(await node(async () => AGREED).runOnce()).toBe('done');
    expect(await rows()).toEqual([{ number: 1, state: 'done' }]);
  });

  it('gives up one that ended its node three times', async () => {
    await start();
    for (let times = 0; times < 3; times++) {
      expect(await database.inTransaction((tx) => takeUp(tx, randomUUID()))).toBe(1);
      await age(16_000);
    }
    expect(await node(async () => AGREED).runOnce()).toBe('idle');
    expect(await status(1)).toMatchObject({ state: 'failed', reason: 'Its nodes ended before it did' });
  });

  it('ends one that takes too long', async () => {
    await start();
    const slow = async (ask: Parameters<ReconcilerOptions['reconcile']>[0]): Promise<Result> => {
      for (;;) {
        await ask('tasks', 'appended', {});
        await delay(1);
      }
    };
    expect(await node(slow, { withinMs: 20 }).runOnce()).toBe('failed');
    expect(await status(1)).toMatchObject({ reason: 'It took longer than 20 ms' });
  });
});

describe('the newest reconciliation', () => {
  const NOTHING = {
    consistent: null,
    checkedAt: null,
    tookMs: null,
    counts: null,
    differences: null,
    more: null,
  };
  const show = (role = 'admin') => showLatest(database, [role]);
  const request = () => requestLatest(database, { cause: CAUSE, idempotency: null });

  it('ANA-6: is none, then waits, then has its result; a later one keeps it until it is done', async () => {
    expect(await show()).toEqual({ status: 'none', ...NOTHING });
    expect(await request()).toEqual({ status: 'waiting', ...NOTHING });
    await node(async () => DIFFERENT).runOnce();
    const done = await show();
    expect(done).toEqual({
      status: 'done',
      consistent: false,
      checkedAt: expect.stringMatching(/Z$/),
      tookMs: expect.any(Number),
      ...DIFFERENT,
    });
    expect(await request()).toEqual({ ...done, status: 'waiting' });
    await node(async () => {
      throw new Problem('service_unavailable', 'Nobody answers');
    }).runOnce();
    expect((await show()).consistent).toBe(false);
    await request();
    await node(async () => AGREED).runOnce();
    expect(await show()).toMatchObject({ status: 'done', consistent: true, differences: [] });
  });

  it('ANA-6: shows accountants the verdict only', async () => {
    await request();
    await node(async () => DIFFERENT).runOnce();
    const { status, consistent, checkedAt } = await show();
    expect(await show('accountant')).toEqual({ ...NOTHING, status, consistent, checkedAt });
    expect(consistent).toBe(false);
  });

  it('ANA-6: serves several requests, and is requested once for a key', async () => {
    const numbers = () => database.newest.rows('SELECT number FROM reconciliation');
    await Promise.all([request(), request(), request()]);
    expect(await numbers()).toHaveLength(1);
    const idempotency = { userId: randomUUID(), route: 'r', key: 'k', fingerprint: 'f' };
    const first = await requestLatest(database, { cause: CAUSE, idempotency });
    await node(async () => AGREED).runOnce();
    expect(await requestLatest(database, { cause: CAUSE, idempotency })).toEqual(first);
    expect(await numbers()).toHaveLength(1);
    // One event for each request, and none for the repeated one.
    expect(await events()).toHaveLength(4);
  });

  it('AUD-1: is an event that names who requested it; a reader of a result appends none', async () => {
    await expect(answer(0)).rejects.toMatchObject({ type: 'service_unavailable' });
    await show();
    expect(await events()).toEqual([]);
    await request();
    expect(await events()).toEqual([
      {
        actor: CAUSE.actorId,
        address: CAUSE.actorAddress,
        step: 'reconciliation-requested',
        target: 'reconciliation 1',
      },
    ]);
  });
});
