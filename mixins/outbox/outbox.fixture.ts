/** What the tests of the outbox share: events, a writer, what is in a stream. */
import { randomUUID } from 'node:crypto';
import type { StoredMsg } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import type { Database } from '#mixins/database/database.ts';
import { DatabaseLifecycle } from '#mixins/database/lifecycle.ts';
import { FIXTURE_MIGRATIONS } from '#mixins/database/open.fixture.ts';
import { SILENT } from '#mixins/log.ts';
import { streamName } from '#mixins/names.ts';
import { fromHeaders } from '#schemas/cloud-events.ts';
import type { Cause, Envelope } from '#schemas/envelope.ts';
import { defineEvent, nullable, uuid } from '#schemas/event.ts';
import type { Config } from '../../config.ts';
import { appendEvents } from './append.ts';
import { type NewEvent, newEvent } from './event.ts';

export interface OpenDatabase extends Database {
  close(): Promise<void>;
}

/** A service's database in the namespace of the configuration; each call is as another node. */
export async function openDatabase(config: Config, service: string): Promise<OpenDatabase> {
  const lifecycle = new DatabaseLifecycle({ config, service, migrations: FIXTURE_MIGRATIONS, log: SILENT });
  return Object.assign(await lifecycle.open(), { close: () => lifecycle.close() });
}

export function causeOf(actorId: string): Cause {
  return {
    actorId,
    actorAddress: '127.0.0.1',
    correlationId: randomUUID(),
    causationId: null,
    traceparent: null,
  };
}

export const cause = causeOf(randomUUID());

export const cageCleaned = defineEvent({
  type: 'parrots.cage.cleaned.v1',
  aggregate: 'cage',
  idField: 'cageId',
  fields: [
    { name: 'cageId', type: uuid },
    { name: 'note', type: 'string' },
  ],
});

/** A request to another service: it lands in that service's stream. */
export const mailRequested = defineEvent({
  type: 'couriers.mail.requested.v1',
  aggregate: 'request',
  fields: [
    { name: 'requestId', type: uuid },
    { name: 'subject', type: nullable('string'), default: null },
  ],
});

export function cleaned(cageId: string, sequence: number, note = 'as new'): NewEvent {
  return newEvent(cageCleaned, cageId, sequence, { cageId, note }, cause);
}

export function mail(requestId: string = randomUUID()): NewEvent {
  return newEvent(mailRequested, requestId, 1, { requestId, subject: 'Feed me' }, cause);
}

export function append(database: Database, ...events: NewEvent[]): Promise<void> {
  return database.inTransaction((tx) => appendEvents(tx, events));
}

/**
 * Appends versions 1 to `versions` of new cages, one transaction a version. Returns the number of
 * events.
 */
export async function appendCages(database: Database, cages: number, versions: number): Promise<number> {
  const ids = Array.from({ length: cages }, () => randomUUID());
  for (let version = 1; version <= versions; version++) {
    await append(database, ...ids.map((id) => cleaned(id, version)));
  }
  return cages * versions;
}

export interface Stored extends Envelope {
  /** Where it stands in the stream. */
  readonly at: number;
}

/** Everything that is in a service's stream, in order. */
export async function storedIn(bus: Bus, service: string): Promise<Stored[]> {
  const name = streamName(bus.namespace, service);
  const { state } = await bus.manager.streams.info(name);
  const stored: Stored[] = [];
  for (let from = state.first_seq; from <= state.last_seq; from += 500) {
    const count = Math.min(500, state.last_seq - from + 1);
    const some = await Promise.all(
      Array.from({ length: count }, (_, index) =>
        bus.manager.streams.getMessage(name, { seq: from + index }),
      ),
    );
    stored.push(...some.map(read));
  }
  return stored;
}

function read(message: StoredMsg): Stored {
  return { ...fromHeaders((name) => message.header.get(name)), at: message.seq };
}

export async function countIn(bus: Bus, service: string): Promise<number> {
  return (await bus.manager.streams.info(streamName(bus.namespace, service))).state.messages;
}

/**
 * Subjects whose versions are not in the order 1, 2, 3 …, by the first occurrence of each event.
 */
export function outOfOrder(stored: readonly Stored[]): string[] {
  const last = new Map<string, number>();
  const seen = new Set<string>();
  const wrong: string[] = [];
  for (const { id, subject, sequence } of stored) {
    if (seen.has(id)) continue;
    seen.add(id);
    if (sequence !== (last.get(subject) ?? 0) + 1)
      wrong.push(`${subject}: ${sequence} after ${last.get(subject) ?? 0}`);
    last.set(subject, sequence);
  }
  return wrong;
}

export async function unpublished(database: Database): Promise<number> {
  const [row] = await database.inTransaction((tx) =>
    tx.rows<{ count: number }>('SELECT count(*)::int AS count FROM outbox WHERE published_at IS NULL'),
  );
  return row?.count ?? 0;
}
