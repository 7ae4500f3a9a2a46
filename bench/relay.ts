/**
 * How fast events are appended (in transactions of 500) and how fast the relay drains them: `npm
 * run bench -- relay [events]`
 */
import { randomUUID } from 'node:crypto';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { SILENT } from '#mixins/log.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { newEvent } from '#mixins/outbox/event.ts';
import { openDatabase } from '#mixins/outbox/outbox.fixture.ts';
import { Relay } from '#mixins/outbox/relay.ts';
import { taskCreated } from '#schemas/events/tasks/task-created.v1.ts';
import { dropNamespace, testConfig } from '../test/harness/config.ts';

const DEFAULT_EVENTS = 20_000;
const IN_A_TRANSACTION = 500;
/** The first round measures the compiler as well. */
const ROUNDS = 3;

const cause = {
  actorId: randomUUID(),
  actorAddress: '127.0.0.1',
  correlationId: randomUUID(),
  causationId: null,
  traceparent: null,
};

function created() {
  const taskId = randomUUID();
  const data = {
    taskId,
    title: 'Wash the cage of the parrot',
    externalId: 'POPUG-1',
    description: 'And feed it, with care and love. '.repeat(3),
    assigneeId: randomUUID(),
    createdById: cause.actorId,
    createdAt: Date.now(),
  };
  return newEvent(taskCreated, taskId, 1, data, cause);
}

async function rateOf(count: number, work: () => Promise<unknown>): Promise<string> {
  const begun = performance.now();
  await work();
  return `${Math.round((count / (performance.now() - begun)) * 1000)}/s`;
}

export default async function relayBench(args: readonly string[]): Promise<void> {
  const events = Number(args[0] ?? DEFAULT_EVENTS);
  const config = testConfig();
  const bus = createBus(config);
  await bus.start();
  const database = await openDatabase(config, 'tasks');
  const relay = new Relay({ database, bus, log: SILENT });
  for (let round = 1; round <= ROUNDS; round++) {
    const appended = await rateOf(events, async () => {
      for (let left = events; left > 0; left -= IN_A_TRANSACTION) {
        const some = Array.from({ length: Math.min(left, IN_A_TRANSACTION) }, created);
        await database.inTransaction((tx) => appendEvents(tx, some));
      }
    });
    const drained = await rateOf(events, async () => {
      for (let left = events; left > 0; ) left -= (await relay.pass()).published;
    });
    console.log(`round ${round}: ${events} events appended at ${appended}, drained at ${drained}`);
  }
  relay.close();
  await database.close();
  await bus.stop();
  await dropNamespace(config);
}
