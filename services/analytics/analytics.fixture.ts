/**
 * Helpers for the tests of this service: their own database, and events applied to its handlers or
 * published to its streams.
 */
import { headers } from 'nats';
import { v7 as uuidv7 } from 'uuid';
import type { Bus } from '#mixins/bus/bus.ts';
import type { Delivery } from '#mixins/consumer/definition.ts';
import type { Database } from '#mixins/database/database.ts';
import { DatabaseLifecycle } from '#mixins/database/lifecycle.ts';
import { subjectOf } from '#mixins/names.ts';
import { type Outgoing, Publisher } from '#mixins/outbox/publisher.ts';
import type { Platform } from '#mixins/platform.ts';
import { serviceOf } from '#schemas/event.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { type EncodedEvent, encode, registerSchemas } from '../../test/harness/consumers/encode.ts';
import type { FixtureEvent } from '../../test/harness/consumers/fixture.ts';
import { liveConsumers } from './consumers.handler.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

export interface TestAnalytics {
  readonly config: Config;
  readonly database: Database;
  /** Applies events in one batch per stream, as the live consumers would. */
  play(events: readonly FixtureEvent[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens the migrated database of a new namespace. */
export async function openAnalytics(overrides: Partial<Config> = {}): Promise<TestAnalytics> {
  const config = testConfig({ databasePoolSize: 12, ...overrides });
  const migrations = new URL('./migrations/', import.meta.url);
  const lifecycle = new DatabaseLifecycle({ config, service: 'analytics', migrations, log: quiet });
  const database = await lifecycle.open();
  return {
    config,
    database,
    play: (events) => play(database, events),
    async close() {
      await lifecycle.close();
      await dropNamespace(config);
    },
  };
}

export async function play(database: Database, events: readonly FixtureEvent[]): Promise<void> {
  const streams = Map.groupBy(
    events,
    ({ contract }) => serviceOf(contract.type) as keyof typeof liveConsumers,
  );
  for (const [key, all] of streams) {
    const handle = liveConsumers[key].handle as unknown as Handle;
    await database.inTransaction((tx) => handle(all.map(delivered), tx, {} as Platform));
  }
}

type Handle = (batch: readonly Delivery[], ...rest: unknown[]) => Promise<void>;

/** The event as a consumer gets it. */
export function delivered(event: FixtureEvent): Delivery {
  return {
    id: uuidv7(),
    type: event.contract.type,
    source: serviceOf(event.contract.type),
    subject: `${event.contract.aggregate}/${event.aggregateId}`,
    aggregateId: event.aggregateId,
    sequence: event.sequence,
    time: new Date(),
    actorId: 'service:test',
    actorAddress: null,
    correlationId: uuidv7(),
    causationId: null,
    traceparent: null,
    data: event.data as Delivery['data'],
  };
}

const SEND_WITHIN_MS = 60_000;

/** Publishes events to their streams, in order, as relays would. */
export async function publish(bus: Bus, events: readonly FixtureEvent[]): Promise<void> {
  const services = [...new Set(events.map(({ contract }) => serviceOf(contract.type)))];
  for (const service of services) await bus.ensureStream(service);
  await registerSchemas(bus, events);
  await send(
    bus,
    events.map((event) => encode(event)),
  );
}

/** Publishes messages that may not be valid events. */
export async function send(bus: Bus, events: readonly EncodedEvent[]): Promise<void> {
  const publisher = new Publisher(bus);
  try {
    const outgoing = events.map((event) => outgoingOf(bus.namespace, event));
    const outcomes = await publisher.publish(outgoing, performance.now() + SEND_WITHIN_MS);
    if (outcomes.some(({ state }) => state !== 'stored')) throw new Error('An event was not stored');
  } finally {
    publisher.close();
  }
}

function outgoingOf(namespace: string, event: EncodedEvent): Outgoing {
  const result = headers();
  for (const [name, value] of Object.entries(event.headers)) result.append(name, value);
  return {
    subject: subjectOf(namespace, event.type),
    lane: serviceOf(event.type),
    headers: result,
    payload: event.payload,
  };
}

/** Every projection, with the order of its rows. */
export const PROJECTIONS = {
  user_copy: 'id',
  task_copy: 'id',
  price: 'task_id',
  account: 'owner_id, owner_type',
  operation: 'entry_id',
  account_day: 'owner_id, business_day',
  day: 'business_day',
  closed_day: 'business_day',
} as const;

/** All rows of a generation, by projection. */
export async function rowsOf(database: Database, slot: number): Promise<Record<string, object[]>> {
  const entries = Object.entries(PROJECTIONS).map(async ([name, order]) => {
    const rows = await database.rows<{ slot: number }>(
      `SELECT * FROM ${name} WHERE slot = $1 ORDER BY ${order}`,
      [slot],
    );
    return [name, rows.map(({ slot: _, ...row }) => row)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** All stored state that a refused request must leave unchanged. */
export async function everything(database: Database): Promise<unknown> {
  return {
    generations: await database.rows('SELECT * FROM generation ORDER BY number'),
    slots: [await rowsOf(database, 0), await rowsOf(database, 1)],
    letters: await database.rows('SELECT * FROM dead_letter ORDER BY id'),
  };
}
