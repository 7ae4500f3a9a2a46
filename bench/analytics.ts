/**
 * How many events of accounting analytics takes in a second when it catches up, live and in a
 * rebuild, and how long its figures take to read on a day of a million operations. Arguments:
 * events (60000), operations on the day (1000000), people (1000).
 */
import { headers } from 'nats';
import { v7 as uuidv7 } from 'uuid';
import type { Bus } from '#mixins/bus/bus.ts';
import { SCHEMAS_BUCKET, SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import { addressesOf } from '#mixins/database/address.ts';
import { withClient } from '#mixins/database/client.ts';
import type { Database } from '#mixins/database/database.ts';
import { durableName, streamName, subjectOf } from '#mixins/names.ts';
import { type Outgoing, Publisher } from '#mixins/outbox/publisher.ts';
import { platformOf } from '#mixins/platform.ts';
import { encodeEvent } from '#schemas/avro.ts';
import { toHeaders } from '#schemas/cloud-events.ts';
import type { EventContract, EventData } from '#schemas/event.ts';
import { balanceChanged } from '#schemas/events/accounting/balance-changed.v1.ts';
import { employeeBilled } from '#schemas/events/accounting/employee-billed.v1.ts';
import { taskPaid } from '#schemas/events/accounting/task-paid.v1.ts';
import {
  listDays,
  listOperations,
  showToday,
  showTopTask,
} from '../services/analytics/figures/read-figures.query.ts';
import { startNode } from '../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../test/harness/config.ts';
import { until } from '../test/harness/wait.ts';

const WAVE = 1_000;
const SEND_WITHIN_MS = 60_000;
const RUN_WITHIN_MS = 10 * 60_000;
/** The first part of a run measures the compiler. */
const WARM_UP = 0.25;
const DAY = '2026-03-01';
const SEED_STEP = 100_000;

export default async function bench([
  events = '60000',
  operations = '1000000',
  people = '1000',
]: readonly string[]): Promise<void> {
  const config = testConfig();
  try {
    const maker = await startNode(config, []);
    const { bus } = platformOf(maker.broker);
    await fillStream(bus, Number(events), Number(people));
    const node = await startNode(config, ['analytics']);
    const { database } = node.broker.getLocalService('analytics') as unknown as { database: Database };
    await measureCatchUp('live', bus, Number(events), '');
    await maker.broker.waitForServices('analytics', SEND_WITHIN_MS);
    const { generation } = await maker.broker.call<{ generation: number }, object>(
      'analytics.operator.rebuild.start',
      {
        by: 'operator:bench@here',
      },
    );
    await until(
      async () => (await database.rows(`SELECT FROM generation WHERE targets IS NOT NULL`)).length > 0,
    );
    await measureCatchUp('rebuild', bus, Number(events), `-g${generation}`);
    await until(
      async () =>
        (await database.rows(`SELECT FROM generation WHERE number = ${generation} AND state = 'live'`))
          .length > 0,
      {
        within: RUN_WITHIN_MS,
      },
    );
    await seedDay(database, Number(operations), Number(people));
    // Does the work of autovacuum at once. Only the owner may do it.
    await withClient(addressesOf(config, 'analytics').owner, (client) => client.run('VACUUM ANALYZE'));
    await measureReads(database, config);
    await node.stop();
    await maker.stop();
  } finally {
    await dropNamespace(config);
  }
}

async function fillStream(bus: Bus, count: number, people: number): Promise<void> {
  await bus.ensureStream('accounting');
  await new SchemaRegistry(() => bus.bucket(SCHEMAS_BUCKET)).register([
    employeeBilled,
    taskPaid,
    balanceChanged,
  ]);
  const publisher = new Publisher(bus);
  const accounts = Array.from({ length: people }, () => ({ id: uuidv7(), lines: 0, balance: 0, version: 0 }));
  try {
    for (let made = 0; made < count; made += WAVE) {
      const wave: Outgoing[] = [];
      const changed = new Set<(typeof accounts)[number]>();
      // Events as accounting publishes them: nine lines, then the balances of a batch, coalesced.
      while (wave.length + changed.size < WAVE) {
        const account = accounts[Math.floor(Math.random() * people)];
        if (account === undefined) throw new Error('There is nobody');
        const paid = wave.length % 3 === 2;
        const amount = paid ? 3_000 : -1_500;
        account.lines += 1;
        account.balance += amount;
        changed.add(account);
        const data = {
          entryId: uuidv7(),
          taskId: uuidv7(),
          title: 'Wash the cage of the parrot',
          externalId: 'POPUG-1',
          description: 'With soap, and the perch',
          employeeId: account.id,
          amount,
          fee: 1_500,
          reward: 3_000,
          currency: 'USD',
          balanceAfter: account.balance,
          businessDay: DAY,
          occurredAt: Date.now(),
        };
        wave.push(outgoing(bus.namespace, paid ? taskPaid : employeeBilled, account.id, account.lines, data));
      }
      for (const account of changed) {
        account.version += 1;
        const data = {
          ownerType: 'employee',
          ownerId: account.id,
          balance: account.balance,
          currency: 'USD',
        };
        wave.push(outgoing(bus.namespace, balanceChanged, account.id, account.version, data));
      }
      const outcomes = await publisher.publish(wave, performance.now() + SEND_WITHIN_MS);
      if (outcomes.some(({ state }) => state !== 'stored')) throw new Error('An event was not stored');
    }
  } finally {
    publisher.close();
  }
}

function outgoing<C extends EventContract>(
  namespace: string,
  contract: C,
  id: string,
  sequence: number,
  data: EventData<C>,
): Outgoing {
  const result = headers();
  const envelope = {
    id: uuidv7(),
    type: contract.type,
    source: 'accounting',
    subject: `${contract.aggregate}/${id}`,
    sequence,
    time: new Date(),
    actorId: id,
    actorAddress: null,
    correlationId: uuidv7(),
    causationId: null,
    traceparent: null,
  };
  for (const [name, value] of toHeaders(envelope)) result.append(name, value);
  return {
    subject: subjectOf(namespace, contract.type),
    lane: 'accounting',
    headers: result,
    payload: encodeEvent(contract, data),
  };
}

async function measureCatchUp(what: string, bus: Bus, events: number, suffix: string): Promise<void> {
  const durable = [
    streamName(bus.namespace, 'accounting'),
    `${durableName('analytics', 'accounting')}${suffix}`,
  ] as const;
  const untilLeft = (most: number) =>
    until(
      async () => {
        const info = await bus.manager.consumers.info(...durable);
        const left = info.num_pending + info.num_ack_pending;
        return left <= most && { at: performance.now(), left };
      },
      { within: RUN_WITHIN_MS, every: 10, what: `${most} events left` },
    );
  const start = await untilLeft(events * (1 - WARM_UP));
  const end = await untilLeft(0);
  const rate = Math.round(start.left / ((end.at - start.at) / 1_000)).toLocaleString('en');
  console.log(`${what.padEnd(8)}: ${rate} events/s`);
}

/**
 * Operations of one day, and of sixty others a thousandth of that, as the service itself would hold
 * them.
 */
async function seedDay(database: Database, operations: number, people: number): Promise<void> {
  for (let from = 0; from < operations; from += SEED_STEP) {
    await database.inTransaction((tx) =>
      tx.run(
        `INSERT INTO operation (slot, business_day, entry_id, owner_id, owner_type, sequence, kind, amount, balance_after, occurred_at, posted_at,
           reference_type, reference_id, reference_title)
         SELECT (SELECT slot FROM generation WHERE state = 'live'), '2026-04-01', ('0195f000-0000-7000-8001-' || lpad(n::text, 12, '0'))::uuid,
           ('0195f000-0000-7000-8002-' || lpad((n * 7919 % $3)::text, 12, '0'))::uuid, 'employee', n, 'fee', -1500, -1500, now(), now(),
           'task', 'x', 'Wash the cage of the parrot'
         FROM generate_series($1::bigint, $2::bigint) AS n`,
        [from, Math.min(operations, from + SEED_STEP) - 1, people],
      ),
    );
  }
  await database.inTransaction(async (tx) => {
    await tx.run(
      `INSERT INTO day (slot, business_day, fees, fee_count, below_zero_change, top_reward, top_task_id, top_title, top_at)
       SELECT (SELECT slot FROM generation WHERE state = 'live'), '2026-04-01'::date - 400 + n, 1500 * $1::bigint, $1, 1, 3000 + n, 'x', 'Wash', now()
       FROM generate_series(1, 400) AS n ON CONFLICT DO NOTHING`,
      [operations],
    );
    await tx.run(
      `INSERT INTO account (slot, owner_id, owner_type, balance, balance_version)
       SELECT (SELECT slot FROM generation WHERE state = 'live'), gen_random_uuid(), 'employee', -n, 1 FROM generate_series(1, 100000) AS n`,
    );
  });
}

async function measureReads(database: Database, config: Parameters<typeof showToday>[1]): Promise<void> {
  const reads: Readonly<Record<string, () => Promise<unknown>>> = {
    'today, 100,000 below zero': () => showToday(database, config),
    'the top task of 366 days': () => showTopTask(database, config, { from: '2025-04-01', to: '2026-04-01' }),
    '366 days': () => listDays(database, config, { from: '2025-04-01', to: '2026-04-01' }),
    '200 operations of the day': () => listOperations(database, { day: '2026-04-01', limit: 200 }),
    '200 operations of one employee': () =>
      listOperations(database, {
        day: '2026-04-01',
        userId: '0195f000-0000-7000-8002-000000000007',
        limit: 200,
      }),
  };
  for (const [name, read] of Object.entries(reads)) {
    const times: number[] = [];
    for (let n = 0; n < 30; n++) {
      const begun = performance.now();
      await read();
      times.push(performance.now() - begun);
    }
    times.sort((a, b) => a - b);
    console.log(`${name}: ${times[15]?.toFixed(1)} ms (median), ${times.at(-1)?.toFixed(1)} ms (longest)`);
  }
}
