/** Consumers while what they stand on breaks: processes, NATS, PostgreSQL. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { fed, parrot, toyConsumers } from '../../test/harness/consumers/toy.ts';
import { startNats, startPostgres, type TestServer } from '../../test/harness/servers.ts';
import { until } from '../../test/harness/wait.ts';
import { feedings, ToySystem } from './consumer.fixture.ts';
import { defineConsumer } from './definition.ts';

let system: ToySystem;
let server: TestServer | undefined;
beforeAll(() => {
  // Sequelize logs every lost connection. This test loses many on purpose.
  jest.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(async () => {
  await system.close();
  await server?.dispose();
  server = undefined;
});

const all = (lines: number, within = 45_000) =>
  until(async () => (await system.feedings()).lines === lines, {
    within,
    every: 50,
    what: `${lines} feedings`,
  });
const nothingPending = (key: string) =>
  until(
    async () => {
      const info = await system.consumerInfo(key);
      return info.num_pending === 0 && info.num_ack_pending === 0;
    },
    { within: 20_000, what: 'everything to be acknowledged' },
  );
/** Batches of such a size that 2,000 events take a while. */
const small = defineConsumer({ ...toyConsumers.feedings, batchSize: 40 });

describe('a durable shared by two processes, one of which is killed', () => {
  it('FAIL-2, FAIL-5: applies each of 5,000 events once', async () => {
    system = await ToySystem.open();
    const settings = { ackWaitMs: 2_000, batchDeadlineMs: 1_500 };
    const [one] = await Promise.all([system.child('feedings', settings), system.child('feedings', settings)]);
    const published = system.publish(feedings(5_000, 100));
    await until(async () => (await system.feedings()).lines >= 500, { within: 20_000, every: 2 });
    one.kill('SIGKILL');
    await published;
    await all(5_000);
    await nothingPending('feedings');
    expect(await system.feedings()).toEqual({ lines: 5_000, seeds: 5_000 });
    expect(await system.count('dead_letter')).toBe(0);
  });
});

describe('an event that kills the process', () => {
  it('FAIL-3: is dead-lettered after its lone attempts, and its neighbours are applied', async () => {
    system = await ToySystem.open();
    const killer = fed(900, 1, 666);
    const [encoded] = await system
      .publish([...feedings(100, 10), killer, ...feedings(200, 10).slice(100)])
      .then((each) => each.filter(({ subject }) => subject === `parrot/${parrot(900)}`));
    let deaths = 0;
    let stopped = false;
    let child: ChildProcess | undefined;
    const keepAlive = (async () => {
      const settings = { ackWaitMs: 1_000, batchDeadlineMs: 800 };
      while (deaths < 15) {
        child = await system.child('feedings', settings);
        if (stopped) child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
        if (stopped) return;
        deaths += 1;
      }
    })();
    try {
      await until(async () => (await system.count('dead_letter')) === 1, { within: 50_000, every: 100 });
      await all(200);
      await nothingPending('feedings');
    } finally {
      stopped = true;
      child?.kill('SIGKILL');
      await keepAlive;
    }
    // Three deliveries with its neighbours, then three alone.
    expect(deaths).toBe(6);
    expect(await system.feedings()).toEqual({ lines: 200, seeds: 200 });
    expect(await system.database.rows('SELECT event_key, code, attempts FROM dead_letter')).toEqual([
      { event_key: encoded?.id, code: 'kills_process', attempts: 3 },
    ]);
    expect(await system.count('attempt')).toBe(0);
  }, 120_000);
});

describe('a NATS that is killed and comes back', () => {
  it('FAIL-2: loses no event and applies none twice', async () => {
    server = await startNats();
    system = await ToySystem.open({ natsUrls: [server.url] });
    const settings = { ackWaitMs: 2_000, batchDeadlineMs: 1_500 };
    const consumer = system.node.consume('feedings', small, settings);
    await system.publish(feedings(2_000, 100));
    await until(async () => (await system.feedings()).lines >= 200, { every: 5 });
    await server.kill();
    expect((await system.feedings()).lines).toBeLessThan(2_000);
    await server.restart();
    await all(2_000);
    await nothingPending('feedings');
    expect(await system.feedings()).toEqual({ lines: 2_000, seeds: 2_000 });
    expect(consumer.state.is).toBe('running');
    await system.publish([fed(1, 1_000, 1)]);
    await all(2_001);
  });

  it('makes consumers wait if it is away at the start', async () => {
    server = await startNats();
    system = await ToySystem.open({ natsUrls: [server.url] });
    await system.publish(feedings(10, 5));
    await server.stop();
    const consumer = system.node.consume('feedings', small);
    await until(() => consumer.state.is === 'waiting' && consumer.state.reason !== 'starting');
    await server.restart();
    await all(10);
  });
});

describe('a NATS that is frozen for longer than the acknowledgement time', () => {
  it('FAIL-2: lets consumers go on where they were', async () => {
    server = await startNats();
    system = await ToySystem.open({ natsUrls: [server.url] });
    system.node.consume('feedings', small, { ackWaitMs: 1_000, batchDeadlineMs: 800 });
    await system.publish(feedings(2_000, 100));
    await until(async () => (await system.feedings()).lines >= 200, { every: 5 });
    await server.pause();
    const stuck = await settledCount();
    expect(stuck).toBeLessThanOrEqual(2_000);
    server.resume();
    await all(2_000);
    await nothingPending('feedings');
    expect(await system.feedings()).toEqual({ lines: 2_000, seeds: 2_000 });
  });
});

/** Feedings once none was added in two looks that are more than an acknowledgement time apart. */
async function settledCount(): Promise<number> {
  let last = -1;
  return await until(
    async () => {
      const { lines } = await system.feedings();
      const same = lines === last;
      last = lines;
      return same && lines;
    },
    { every: 1_500 },
  );
}

describe('connections of PostgreSQL that are cut at random', () => {
  it('FAIL-2: lose no event and apply none twice', async () => {
    system = await ToySystem.open();
    system.node.consume('feedings', small);
    (await system.anotherNode()).consume('feedings', small);
    const url = new URL(system.config.databaseUrl ?? '');
    url.pathname = `/${system.config.namespace}_toys`;
    const admin = new pg.Client({ connectionString: url.href });
    await admin.connect();
    let cuts = 0;
    let done = false;
    let seen = -1;
    // The next cut waits for something to be applied after the last one: so each hits a consumer at
    // work.
    const applied = async () => {
      const { rows } = await admin.query<{ lines: number }>('SELECT count(*)::int AS lines FROM feeding');
      const lines = rows[0]?.lines ?? 0;
      const more = lines > seen;
      seen = lines;
      return done || more;
    };
    const cutting = (async () => {
      while (!done) {
        const { rowCount } = await admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.3`,
        );
        cuts += rowCount ?? 0;
        await until(applied, { within: 45_000, what: 'something to be applied after a cut' });
      }
    })();
    try {
      await system.publish(feedings(2_000, 100));
      await all(2_000);
    } finally {
      done = true;
      await cutting;
      await admin.end();
    }
    await nothingPending('feedings');
    expect(cuts).toBeGreaterThan(3);
    expect(await system.feedings()).toEqual({ lines: 2_000, seeds: 2_000 });
    expect(await system.count('dead_letter')).toBe(0);
  });
});

describe('a PostgreSQL that is killed and away for longer than a node retries', () => {
  it('makes consumers wait, without repeated deliveries', async () => {
    server = await startPostgres();
    system = await ToySystem.open({ databaseUrl: server.url });
    const consumer = system.node.consume('feedings', small, { retryForMs: 500, giveBackDelayMs: 200 });
    await system.publish(feedings(2_000, 100));
    await until(async () => (await system.feedings()).lines >= 200, { every: 5 });
    await server.kill();
    await until(
      () => consumer.state.is === 'waiting' && consumer.state.reason === 'the database does not answer',
      {
        within: 20_000,
      },
    );
    const delivered = (await system.consumerInfo('feedings')).delivered.consumer_seq;
    await server.restart();
    await all(2_000);
    await nothingPending('feedings');
    expect(await system.feedings()).toEqual({ lines: 2_000, seeds: 2_000 });
    expect(await system.count('dead_letter')).toBe(0);
    // What was in hand came once more.
    const { delivered: after } = await system.consumerInfo('feedings');
    expect(after.consumer_seq).toBeLessThan(2_000 + 2 * delivered);
  });
});
