/**
 * How many events the log takes down in a second, from the stream to the acknowledgement: fetch,
 * decode, insert, commit, acknowledge. On an empty log and on one of some millions of lines, whose
 * index by subject no longer grows at its end alone; and how long a page takes there, and a CSV of
 * everything. Arguments: events a run (100000), lines of the log (3000000).
 */
import type { ServiceSchema } from 'moleculer';
import { consumerMixin } from '#mixins/consumer/consumer.mixin.ts';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import type { Database } from '#mixins/database/database.ts';
import { durableName, streamName } from '#mixins/names.ts';
import { platformOf } from '#mixins/platform.ts';
import { readAudit } from '../services/audit/read-audit.query.ts';
import { recordConsumer } from '../services/audit/record-events.handler.ts';
import { startNode } from '../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../test/harness/config.ts';
import { until } from '../test/harness/wait.ts';
import { employeeId, vacuum } from './support/journal-seed.ts';
import { fillTaskStream } from './support/task-stream.ts';

const EMPLOYEES = 1_000;
/** The first part of a run measures the compiler. */
const WARM_UP = 0.25;
const RUN_WITHIN_MS = 10 * 60_000;
/** Lines that one statement of the seed makes, within its time limit. */
const SEED_CHUNK = 20_000;

/** The audit service as far as it takes down. */
const service = (...mixins: Partial<ServiceSchema>[]): ServiceSchema => ({
  name: 'audit',
  mixins: [
    databaseMixin({ migrations: new URL('../services/audit/migrations/', import.meta.url) }),
    ...mixins,
  ],
  ...({ consumers: { tasks: recordConsumer('tasks', new Set()) } } as object),
});

export default async function bench([
  events = '100000',
  lines = '3000000',
]: readonly string[]): Promise<void> {
  for (const size of [0, Number(lines)]) await measure(size, Number(events));
}

async function measure(lines: number, events: number): Promise<void> {
  const config = testConfig();
  try {
    const maker = await startNode(config, [service()]);
    const { bus } = platformOf(maker.broker);
    const { database } = maker.broker.getLocalService('audit') as unknown as DatabaseMethods;
    for (let made = 0; made < lines; made += SEED_CHUNK)
      await seed(database, made, Math.min(SEED_CHUNK, lines - made));
    await vacuum(config, 'audit');
    await fillTaskStream(bus, 'lives', events, () => employeeId(Math.floor(Math.random() * EMPLOYEES)));
    const durable = [streamName(config.namespace, 'tasks'), durableName('audit', 'tasks')] as const;
    const untilLeft = (most: number) =>
      until(
        async () => {
          const info = await bus.manager.consumers.info(...durable);
          const left = info.num_pending + info.num_ack_pending;
          return left <= most && { at: performance.now(), left };
        },
        { within: RUN_WITHIN_MS, every: 10, what: `${most} events left` },
      );
    const worker = await startNode(config, [service(consumerMixin())]);
    const start = await untilLeft(events * (1 - WARM_UP));
    const cpu = process.cpuUsage();
    const end = await untilLeft(0);
    const { user, system } = process.cpuUsage(cpu);
    const seconds = (end.at - start.at) / 1_000;
    const rate = Math.round(start.left / seconds).toLocaleString('en');
    const cores = ((user + system) / 1_000_000 / seconds).toFixed(2);
    console.log(`${lines.toLocaleString('en').padStart(9)} lines: ${rate} events/s (${cores} cores in Node)`);
    const [size] = await database.rows<{ table: string; indexes: string }>(
      `SELECT pg_size_pretty(pg_table_size('audit_record')) AS table, pg_size_pretty(pg_indexes_size('audit_record')) AS indexes`,
    );
    console.log(`          table ${size?.table}, indexes ${size?.indexes}`);
    await readPages(database);
    await worker.stop();
    await maker.stop();
  } finally {
    await dropNamespace(config);
  }
}

/** Times and ids that rise, subjects that do not. */
async function seed(database: Database, from: number, count: number): Promise<void> {
  await database.inTransaction((tx) =>
    tx.run(
      `INSERT INTO audit_record (event_id, at, sequence, whole_state, stream, type, subject, source, actor_id, correlation_id, data)
       SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid,
         at, 1, false, 'tasks', (ARRAY['tasks.task.created.v1', 'tasks.task.reassigned.v1', 'tasks.task.completed.v1'])[1 + n % 3],
         'task/' || gen_random_uuid(), 'tasks', md5((n % 1000)::text)::uuid::text, gen_random_uuid()::text,
         jsonb_build_object('title', 'Wash the cage', 'taskId', gen_random_uuid(), 'description', 'With soap, and the perch',
           'externalId', 'POPUG-123', 'assigneeId', gen_random_uuid(), 'createdById', gen_random_uuid(), 'createdAt', n)
       FROM (SELECT n, timestamptz '2025-01-01' + make_interval(secs => n / 100.0) AS at
             FROM generate_series($1::integer, $1::integer + $2::integer - 1) AS n) AS made`,
      [from, count],
    ),
  );
}

async function readPages(database: Database): Promise<void> {
  const [one] = await database.rows<{ subject: string; actor: string }>(
    'SELECT subject, actor_id AS actor FROM audit_record ORDER BY at LIMIT 1',
  );
  const filters = {
    everything: {},
    'a type': { type: 'tasks.task.completed.v1' },
    'an actor': { actor: one?.actor },
    'a subject': { subject: one?.subject },
    'a type in an hour': {
      type: 'tasks.task.created.v1',
      from: '2025-01-01T01:00:00Z',
      to: '2025-01-01T02:00:00Z',
    },
  };
  for (const [name, filter] of Object.entries(filters)) {
    const started = performance.now();
    const page = await readAudit(database, { limit: 50, ...filter });
    console.log(
      `          a page of ${name}: ${page.items.length} items in ${(performance.now() - started).toFixed(1)} ms`,
    );
  }
  const started = performance.now();
  let cursor: string | null = null;
  let items = 0;
  do {
    const page = await readAudit(database, { limit: 200, ...(cursor === null ? {} : { cursor }) });
    items += page.items.length;
    cursor = page.nextCursor;
  } while (cursor !== null && items < 100_000);
  const rate = Math.round(items / ((performance.now() - started) / 1_000)).toLocaleString('en');
  console.log(`          pages of 200 one after the other: ${rate} items/s`);
}
