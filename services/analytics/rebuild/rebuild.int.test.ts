import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nanos } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import type { Database } from '#mixins/database/database.ts';
import { streamName } from '#mixins/names.ts';
import { taskPaid } from '#schemas/events/accounting/task-paid.v1.ts';
import { taskCreated } from '#schemas/events/tasks/task-created.v1.ts';
import type { Config } from '../../../config.ts';
import { cutStream } from '../../../scripts/retention/streams.ts';
import { type ServiceOfNode, startNode, type TestNode } from '../../../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../../../test/harness/config.ts';
import { unreadable } from '../../../test/harness/consumers/encode.ts';
import type { FixtureEvent } from '../../../test/harness/consumers/fixture.ts';
import { NodeProcess } from '../../../test/harness/system.ts';
import { until } from '../../../test/harness/wait.ts';
import { everything, openAnalytics, publish, rowsOf, send } from '../analytics.fixture.ts';
import { analyticsService } from '../analytics.service.ts';
import { lockGenerationsShared } from './generation.store.ts';
import type { RebuildStatus } from './rebuild.handler.ts';
import { Traffic } from './traffic.fixture.ts';

/** Pause between two checks of the registry, in milliseconds. */
const LOOK_MS = 20;
/** Messages of a killed node are redelivered after one second instead of ten. */
const SOON_REDELIVERED = analyticsService({ consumers: { ackWaitMs: 1_000, batchDeadlineMs: 800 } });
const SERVICES = ['auth', 'tasks', 'accounting'];

let config: Config;
/** The connection that publishes events. */
let bus: Bus;
/** The first node gets the requests for rebuilds. */
let nodes: TestNode[];

beforeEach(async () => {
  config = testConfig();
  bus = createBus(config);
  await bus.start();
  nodes = [];
});

afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await bus.stop();
  await dropNamespace(config);
});

async function startAnalytics(service: ServiceOfNode = 'analytics'): Promise<Database> {
  const node = await startNode(config, [service]);
  nodes.push(node);
  return (node.broker.getLocalService('analytics') as unknown as { database: Database }).database;
}

const OPERATOR = 'operator:pip@perch';

function call<Result>(action: string, params: object = {}): Promise<Result> {
  const [node] = nodes;
  if (node === undefined) throw new Error('No node runs');
  return node.broker.call<Result, object>(`analytics.operator.${action}`, params);
}

const start = () => call<{ generation: number }>('rebuild.start', { by: OPERATOR });
const status = () => call<RebuildStatus>('rebuild.status');

function untilEnded(generation: number): Promise<NonNullable<RebuildStatus['rebuild']>> {
  return until(
    async () => {
      const { rebuild } = await status();
      return rebuild?.number === generation && rebuild.state !== 'building' && rebuild;
    },
    { within: 110_000, what: `generation ${generation} to be live or refused` },
  );
}

async function durables(): Promise<string[]> {
  const names: string[] = [];
  for (const service of SERVICES) {
    for await (const { name } of bus.manager.consumers.list(streamName(config.namespace, service)))
      names.push(name);
  }
  return names.sort();
}

const LIVE = SERVICES.map((service) => `analytics-${service}`).sort();

async function isDrained(suffix = ''): Promise<boolean> {
  const infos = await Promise.all(
    SERVICES.map((service) =>
      bus.manager.consumers.info(streamName(config.namespace, service), `analytics-${service}${suffix}`),
    ),
  );
  return infos.every(({ num_pending, num_ack_pending }) => num_pending === 0 && num_ack_pending === 0);
}

/** NATS takes no limit of age that is below it. */
const DUPLICATES_MS = 100;

/** Removes what is older than a time from all streams, as the retention does. */
async function cutAll(time: number): Promise<boolean> {
  const { manager } = bus;
  for (const service of SERVICES) {
    const stream = streamName(config.namespace, service);
    const info = await manager.streams.info(stream);
    await manager.streams.update(stream, { ...info.config, duplicate_window: nanos(DUPLICATES_MS) });
    const limit = { keepMs: Date.now() - time };
    await cutStream(bus, { stream, due: info.state.first_seq }, limit);
  }
  const reach = await bus.manager.streams.info(streamName(config.namespace, 'accounting'));
  return reach.state.first_seq > 1 && reach.state.messages > 0;
}

const untilDrained = () =>
  until(() => isDrained(), { within: 110_000, what: 'the live figures to catch up' });

/**
 * The result of applying these events in order, once. The booking time of lines is left out,
 * because it is the time of the event, which differs.
 */
async function folded(events: readonly FixtureEvent[]): Promise<unknown> {
  const plain = await openAnalytics();
  try {
    await plain.play(events);
    return withoutTimes(await rowsOf(plain.database, 1));
  } finally {
    await plain.close();
  }
}

const withoutTimes = (rows: Record<string, object[]>) => ({
  ...rows,
  operation: rows.operation?.map((row) => ({ ...row, posted_at: null })),
});

describe('a rebuild under load', () => {
  it('ANA-5: equals the live figures row by row, and replaces them while events arrive and two nodes work', async () => {
    const traffic = new Traffic(7);
    const told: FixtureEvent[] = [];
    const tell = async (waves: number) => {
      const events = traffic.waves(waves);
      told.push(...events);
      await publish(bus, events);
    };
    await tell(20);
    const database = await startAnalytics();
    await startAnalytics();
    await untilDrained();

    let loading = true;
    const load = (async () => {
      while (loading) await tell(1);
    })();
    const { generation } = await start();
    expect(generation).toBe(2);
    // No generation can flip while this transaction holds the shared lock, but batches continue.
    await database.inTransaction(async (tx) => {
      await lockGenerationsShared(tx);
      await until(async () => (await tx.rows(`SELECT FROM generation WHERE targets IS NOT NULL`)).length > 0);
      loading = false;
      await load;
      await until(async () => {
        await tx.rows('SELECT 1');
        return (await isDrained()) && (await isDrained('-g2'));
      });
      const [rebuilt, live] = [await rowsOf(database, 0), await rowsOf(database, 1)];
      expect(rebuilt).toEqual(live);
      expect(rebuilt.operation?.length).toBeGreaterThan(1_000);
      loading = true;
    });
    const more = (async () => {
      while (loading) await tell(1);
    })();
    expect(await untilEnded(2)).toMatchObject({ state: 'live', reason: null });
    loading = false;
    await more;
    await tell(2);
    await untilDrained();

    const flipped = await rowsOf(database, 0);
    expect(withoutTimes(flipped)).toEqual(await folded(told));
    // The previous generation has ended: its partitions are empty, and no durable is left.
    await until(async () => Object.values(await rowsOf(database, 1)).every((rows) => rows.length === 0));
    await until(async () => (await durables()).join() === LIVE.join());
    await until(async () => {
      const traces = `SELECT FROM dead_letter UNION ALL SELECT FROM consumer_epoch WHERE consumer LIKE '%-g%'`;
      return (await database.rows(traces)).length === 0;
    });

    // The second rebuild runs without other traffic.
    expect((await start()).generation).toBe(3);
    expect(await untilEnded(3)).toMatchObject({ state: 'live' });
    expect(await rowsOf(database, 1)).toEqual(flipped);
  }, 120_000);
});

describe('a rebuild under way', () => {
  it('is the same for a repeated request, and shows its progress', async () => {
    await publish(bus, new Traffic(1).waves(12));
    const database = await startAnalytics();
    const [first, second] = await Promise.all([start(), start()]);
    expect(first).toEqual(second);
    expect(await database.rows('SELECT FROM generation')).toHaveLength(2);
    const building = await until(async () => {
      const { rebuild } = await status();
      return (
        rebuild !== null &&
        (rebuild.state !== 'building' || rebuild.streams.some(({ target }) => target)) &&
        rebuild
      );
    });
    if (building.state === 'building') {
      const tasks = building.streams.find(({ service }) => service === 'tasks');
      expect(tasks?.applied).toBeLessThanOrEqual(tasks?.target ?? 0);
    }
    await untilEnded(first.generation);
  });

  it('can be cancelled, and leaves nothing behind', async () => {
    await publish(bus, new Traffic(2).waves(10));
    const database = await startAnalytics();
    await untilDrained();
    const before = await rowsOf(database, 1);
    await start();
    await call('rebuild.cancel', { by: OPERATOR });
    expect((await status()).rebuild).toMatchObject({ state: 'cancelled' });
    await until(async () => (await durables()).join() === LIVE.join());
    await until(async () => (await database.rows('SELECT FROM generation WHERE NOT cleaned')).length === 1);
    expect(await rowsOf(database, 1)).toEqual(before);
    expect(Object.values(await rowsOf(database, 0)).flat()).toEqual([]);
    await expect(call('rebuild.cancel', { by: OPERATOR })).rejects.toMatchObject({
      type: 'conflict',
    });
    expect(await untilEnded((await start()).generation)).toMatchObject({ state: 'live' });
  });

  it('ANA-5: survives kill -9 of the only node, which never harms the live figures', async () => {
    await publish(bus, new Traffic(3).waves(50));
    const client = await startNode(config, []);
    nodes.push(client);
    const environment = {
      NATS_URL: config.natsUrls.join(),
      DATABASE_URL: config.databaseUrl ?? '',
      NAMESPACE: config.namespace,
      LOG_LEVEL: 'warn',
    };
    const killed = new NodeProcess(['analytics'], environment);
    killed.start();
    try {
      await client.broker.waitForServices('analytics', 30_000, LOOK_MS);
      await untilDrained();
      await start();
      await until(async () => (await status()).rebuild?.streams.some(({ applied }) => applied > 0));
    } finally {
      await killed.kill();
    }
    const database = await startAnalytics(SOON_REDELIVERED);
    const live = await rowsOf(database, 1);
    expect(live.operation?.length).toBeGreaterThan(2_500);
    expect(await untilEnded(2)).toMatchObject({ state: 'live' });
    expect(await rowsOf(database, 0)).toEqual(live);
  }, 120_000);
});

describe('events that were dead-lettered', () => {
  const letters = (database: Database) =>
    database.rows('SELECT consumer, event_key AS key, status FROM dead_letter ORDER BY event_key');

  it('remain dead letters and delay no rebuild; discarded ones stay discarded', async () => {
    await publish(bus, new Traffic(8).waves(2));
    await send(bus, [unreadable(taskPaid), unreadable(taskCreated)]);
    const database = await startAnalytics();
    const found = await until(async () => {
      const all = await call<{ id: string }[]>('deadLetters.list');
      return all.length === 2 && all;
    });
    const discard = { id: found[0]?.id, by: OPERATOR, reason: 'Nobody can read it' };
    await call('deadLetters.discard', discard);
    await untilDrained();
    const [before, live] = [await letters(database), await rowsOf(database, 1)];
    expect(await untilEnded((await start()).generation)).toMatchObject({ state: 'live' });
    expect(await rowsOf(database, 0)).toEqual(live);
    await until(async () => (await letters(database)).length === 2);
    expect(await letters(database)).toEqual(before);
  });

  it('by the rebuild alone prevent it from becoming live', async () => {
    await publish(bus, new Traffic(9).waves(2));
    const database = await startAnalytics();
    await untilDrained();
    const live = await rowsOf(database, 1);
    // A handler that fails at an event which it could apply before would leave this state.
    await database.inTransaction((tx) =>
      tx.run(
        `INSERT INTO dead_letter (id, consumer, event_key, stream, stream_sequence, headers, payload, attempts, code, message)
         VALUES (gen_random_uuid(), 'analytics-tasks-g2', 'e1', 's', 1, '{}', '', 1, 'TypeError', 'A bug')`,
      ),
    );
    const { state, reason } = await untilEnded((await start()).generation);
    expect(state).toBe('refused');
    expect(reason).toMatch(
      /1 events were set aside .* e1, analytics-tasks-g2\) because: A bug \(TypeError\)/,
    );
    expect(await rowsOf(database, 1)).toEqual(live);
  });
});

describe('live figures that are wrong', () => {
  it('ANA-5: are corrected by a rebuild, even if they are too high, but no operation is dropped', async () => {
    await publish(bus, new Traffic(6).waves(2));
    const database = await startAnalytics();
    await untilDrained();
    const right = await rowsOf(database, 1);
    await database.inTransaction((tx) =>
      tx.run('UPDATE day SET fees = fees + 1500, fee_count = fee_count + 1'),
    );
    expect(await untilEnded((await start()).generation)).toMatchObject({ state: 'live', reason: null });
    expect(await rowsOf(database, 0)).toEqual(right);
    // This simulates an event that the stream has lost. The line is neither fee nor reward nor
    // payout, so it counts only among all operations.
    await database.inTransaction((tx) =>
      tx.run(
        `INSERT INTO operation SELECT (jsonb_populate_record(operation, jsonb_build_object('entry_id', gen_random_uuid(), 'sequence', 999))).*
         FROM operation WHERE slot = 0 AND kind = 'adjustment' LIMIT 1`,
      ),
    );
    const count = right.operation?.length ?? 0;
    expect(await untilEnded((await start()).generation)).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining(`(operations: ${count} instead of ${count + 1})`),
    });
  });
});

describe('streams that have lost their first events', () => {
  it('ANA-5: refuse a rebuild before it begins, with a hint, and nothing changes', async () => {
    const stream = streamName(config.namespace, 'accounting');
    await bus.manager.streams.add({ name: stream, subjects: [`${config.namespace}.accounting.>`] });
    // Limits of age or size would do the same. Our own streams refuse a purge.
    for (let n = 0; n < 5; n++) await bus.jetstream.publish(`${config.namespace}.accounting.day.closed.v1`);
    await bus.manager.streams.purge(stream);
    await publish(bus, new Traffic(4).waves(3));
    const database = await startAnalytics();
    await untilDrained();
    const before = await everything(database);
    await expect(start()).rejects.toMatchObject({
      type: 'rebuild_refused',
      code: 409,
      message: expect.stringMatching(
        new RegExp(`${stream} begins with event \\d+.*restore the stream from a backup`),
      ),
    });
    expect(await everything(database)).toEqual(before);
  });

  it('KEEP-3: are rebuilt from a snapshot that has what they lost', async () => {
    const traffic = new Traffic(12);
    await publish(bus, traffic.waves(8));
    const database = await startAnalytics();
    for (const slot of [2, 3, 2]) {
      await untilDrained();
      await call('rebuild.snapshot', { by: OPERATOR });
      await until(async () => !(await status()).isSnapshotRequested);
      const rows = await rowsOf(database, 1);
      expect(await rowsOf(database, slot)).toEqual(rows);
      await until(async () => Object.values(await rowsOf(database, 5 - slot)).flat().length === 0);
      expect((await status()).snapshot?.takenAt).toBeTruthy();
      await publish(bus, traffic.waves(1));
    }
    // Some of what the snapshot has is lost, and what it lacks is not.
    await untilDrained();
    const old = Date.now() + 1;
    await until(() => Date.now() > old + DUPLICATES_MS);
    await publish(bus, traffic.waves(1));
    await untilDrained();
    await expect(cutAll(old)).resolves.toBe(true);
    await expect(start()).rejects.toMatchObject({ type: 'rebuild_refused' });
    await call('rebuild.snapshot', { by: OPERATOR });
    await until(async () => !(await status()).isSnapshotRequested);
    await publish(bus, traffic.waves(1));
    await untilDrained();

    const live = await rowsOf(database, 1);
    const loading = publish(bus, traffic.waves(2));
    const { generation } = await start();
    await loading;
    expect(await untilEnded(generation)).toMatchObject({ state: 'live', reason: null });
    await untilDrained();
    const rebuilt = await rowsOf(database, 0);
    expect(rebuilt.operation?.length).toBeGreaterThan(live.operation?.length ?? 0);
    const told = traffic.told;
    expect(withoutTimes(rebuilt)).toEqual(await folded(told));
  }, 120_000);

  it('ANA-5: never let a rebuild become live that has less than the live figures', async () => {
    const traffic = new Traffic(5);
    const first = traffic.waves(4);
    await publish(bus, first);
    await startAnalytics();
    await untilDrained();
    await Promise.all(nodes.splice(0).map((node) => node.stop()));
    // The stream is lost and recreated. It begins with 1 again, but has only later events.
    await bus.manager.streams.delete(streamName(config.namespace, 'accounting'));
    await publish(bus, traffic.waves(1));
    const database = await startAnalytics();
    await until(async () => (await durables()).join() === LIVE.join());
    await untilDrained();
    const before = await rowsOf(database, 1);
    const refused = await untilEnded((await start()).generation);
    expect(refused).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('no longer hold all'),
    });
    expect(refused.reason).toContain('fees:');
    expect(await rowsOf(database, 1)).toEqual(before);
    expect((await status()).live.generation).toBe(1);
    await until(async () => Object.values(await rowsOf(database, 0)).flat().length === 0);
  });
});
