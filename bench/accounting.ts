/**
 * How many events of tasks accounting books in a second, from the stream to the acknowledgement:
 * fetch, decode, price, book, append to the outbox, commit, acknowledge. On an empty journal and on
 * one of a million lines; with and without the relay that publishes what was appended, in the same
 * process. Arguments: events a run (60000), lines of the journal (1000000).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServiceSchema } from 'moleculer';
import type { Bus } from '#mixins/bus/bus.ts';
import { calendarOf } from '#mixins/calendar.ts';
import { consumerMixin } from '#mixins/consumer/consumer.mixin.ts';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import type { Database } from '#mixins/database/database.ts';
import { durableName, streamName } from '#mixins/names.ts';
import { outboxMixin } from '#mixins/outbox/outbox.mixin.ts';
import { platformOf } from '#mixins/platform.ts';
import type { Config } from '../config.ts';
import { openDueDays } from '../services/accounting/days/open-day.handler.ts';
import { tasksConsumer } from '../services/accounting/tasks/book-tasks.handler.ts';
import { startNode } from '../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../test/harness/config.ts';
import { until } from '../test/harness/wait.ts';
import { employeeId, seedJournal, vacuum } from './support/journal-seed.ts';
import { fillTaskStream, type Mix } from './support/task-stream.ts';

const FURTHER_NODE = fileURLToPath(new URL('support/booking-node.ts', import.meta.url));
const EMPLOYEES = 1_000;
/** The first part of a run measures the compiler. */
const WARM_UP = 0.25;
const RUN_WITHIN_MS = 10 * 60_000;

export interface Scenario {
  readonly mix: Mix;
  readonly relay: boolean;
  /** Nodes that book: this process, and further ones with a relay. Default 1. */
  readonly nodes?: number;
}

/**
 * What was published waits for nothing in the next run: runs with the relay come first, and end
 * when the outbox is empty.
 */
const SCENARIOS: readonly Scenario[] = [
  { mix: 'created', relay: true },
  { mix: 'lives', relay: true },
  { mix: 'created', relay: false },
  { mix: 'lives', relay: false },
];

/** The accounting service as far as it books. */
const service = (...mixins: Partial<ServiceSchema>[]): ServiceSchema => ({
  name: 'accounting',
  mixins: [
    databaseMixin({ migrations: new URL('../services/accounting/migrations/', import.meta.url) }),
    ...mixins,
  ],
  ...({ consumers: { tasks: tasksConsumer } } as object),
});

/** A node that books. */
export const startBooking = (config: Config, relay: boolean) =>
  startNode(config, [service(...(relay ? [outboxMixin()] : []), consumerMixin())]);

export default async function bench([events = '60000', lines = '1000000']: readonly string[]): Promise<void> {
  for (const journal of [0, Number(lines)]) await measureBooking(journal, Number(events), SCENARIOS, report);
}

/**
 * All scenarios, one after the other, on a journal that has so many lines at first. `onFigures`
 * gets the figures of each, and how many lines the journal had before it.
 */
export async function measureBooking(
  lines: number,
  events: number,
  scenarios: readonly Scenario[],
  onFigures: (figures: Figures, scenario: Scenario, lines: number) => void,
): Promise<void> {
  const config = testConfig();
  try {
    const base = await startNode(config, [service()]);
    const { database } = base.broker.getLocalService('accounting') as unknown as DatabaseMethods;
    await openDueDays(database, calendarOf(config));
    await seedJournal(database, lines, EMPLOYEES);
    await vacuum(config);
    const { bus } = platformOf(base.broker);
    for (const scenario of scenarios) {
      const before = await countPostings(database);
      const figures = await measure(config, bus, database, scenario, events);
      const booked = (await countPostings(database)) - before;
      if (booked !== events) throw new Error(`${booked} lines were booked, not ${events}`);
      onFigures(figures, scenario, before);
    }
    await base.stop();
  } finally {
    await dropNamespace(config);
  }
}

export interface Figures {
  readonly events: number;
  readonly seconds: number;
  /** Seconds of processor time that this process used meanwhile. */
  readonly cpuSeconds: number;
}

async function measure(
  config: Config,
  bus: Bus,
  database: Database,
  { mix, relay, nodes = 1 }: Scenario,
  events: number,
): Promise<Figures> {
  const further = Array.from({ length: nodes - 1 }, () => prepareNode(config));
  await fillTaskStream(bus, mix, events, () => employeeId(Math.floor(Math.random() * EMPLOYEES)));
  const durable = [streamName(config.namespace, 'tasks'), durableName('accounting', 'tasks')] as const;
  const untilLeft = (most: number) =>
    until(
      async () => {
        const { num_pending, num_ack_pending } = await bus.manager.consumers.info(...durable);
        const left = num_pending + num_ack_pending;
        return left <= most && { at: performance.now(), left };
      },
      { within: RUN_WITHIN_MS, every: 10, what: `${most} events left` },
    );
  for (const node of further) node.start();
  const worker = await startBooking(config, relay);
  const start = await untilLeft(events * (1 - WARM_UP));
  const cpu = process.cpuUsage();
  const end = await untilLeft(0);
  const { user, system } = process.cpuUsage(cpu);
  if (relay) await until(() => outboxIsEmpty(database), { within: RUN_WITHIN_MS, what: 'an empty outbox' });
  await Promise.all([worker.stop(), ...further.map((node) => node.stop())]);
  return { events: start.left, seconds: (end.at - start.at) / 1e3, cpuSeconds: (user + system) / 1e6 };
}

/** A further node in a process of its own, which has loaded its modules when it is started. */
function prepareNode({ namespace }: Config) {
  const child = spawn(process.execPath, [FURTHER_NODE, namespace], { stdio: ['pipe', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  return {
    start: () => child.stdin.write('start\n'),
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}

async function countPostings(database: Database): Promise<number> {
  const [row] = await database.rows<{ count: number }>('SELECT count(*) AS count FROM posting');
  return row?.count ?? 0;
}

async function outboxIsEmpty(database: Database): Promise<boolean> {
  return (await database.rows('SELECT FROM outbox WHERE published_at IS NULL LIMIT 1')).length === 0;
}

function report({ events, seconds, cpuSeconds }: Figures, { mix, relay }: Scenario, lines: number): void {
  const rate = Math.round(events / seconds).toLocaleString('en');
  const cpu = (cpuSeconds / seconds).toFixed(2);
  const publishing = relay ? 'relay publishing' : 'relay off';
  console.log(
    `${lines.toLocaleString('en').padStart(9)} lines, ${mix.padEnd(7)}, ${publishing.padEnd(16)}: ${rate.padStart(6)} events/s, ${cpu} cores in Node`,
  );
}
