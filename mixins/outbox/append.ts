/** The writing side of the outbox: events go into the transaction of the change that they tell of (FAIL-1). */
import { v7 as uuidv7 } from 'uuid';
import { EncodingError, encodeEvent, fingerprintOf } from '../../schemas/avro.ts';
import { toHeaders } from '../../schemas/cloud-events.ts';
import type { Envelope } from '../../schemas/envelope.ts';
import { type EventContract, serviceOf } from '../../schemas/event.ts';
import { MAX_EVENT_BYTES } from '../bus/streams.ts';
import type { Database, Tx } from '../database/database.ts';
import { prepared } from '../database/prepared.ts';
import type { NewEvent } from './event.ts';
import { newEventIds } from './event-ids.ts';
import { appended } from './wake.ts';

/** An event with its headers is larger than the broker takes; the change that made it must be refused. */
export class EventTooLargeError extends Error {
  readonly type: string;
  readonly bytes: number;

  constructor(type: string, subject: string, bytes: number) {
    super(
      `${type} of ${subject} has ${bytes} bytes with its headers; at most ${MAX_EVENT_BYTES} are allowed`,
    );
    this.name = 'EventTooLargeError';
    this.type = type;
    this.bytes = bytes;
  }
}

/** Headers other than what handlers pass: names, ids, type, time, in bytes. Generous. */
const FIXED_HEADER_BYTES = 1024;
/** The headers' framing for each line, and for all, in bytes. */
const LINE_BYTES = 4;
const FRAME_BYTES = 16;
/** Percent-encoding makes at most this many bytes of a character. */
const ENCODED_BYTES = 9;

/**
 * Appends any number of events with one statement, in the order given. They leave after the commit, and never after a roll-back.
 *
 * Throws `EncodingError` (also where the data name another aggregate than the one that the event is about) or `EventTooLargeError` before
 * anything is written; a unique violation where the aggregate has an event of this type with this version already (somebody else changed it
 * meanwhile: retry the whole transaction).
 */
export async function appendEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const payloads = events.map((event) => encodeEvent(event.contract, event.data));
  for (const [index, event] of events.entries()) {
    checkAggregate(event);
    checkSize(tx.database.service, event, payloads[index]?.length ?? 0);
  }
  await keepSchemas(tx, new Set(events.map((event) => event.contract)));
  await tx.run(INSERT, [
    newEventIds(events.length),
    events.map(({ contract }) => serviceOf(contract.type)),
    events.map(subjectOf),
    events.map(({ sequence }) => sequence),
    events.map(({ contract }) => contract.type),
    events.map(({ cause }) => cause.actorId),
    events.map(({ cause }) => cause.actorAddress),
    events.map(({ cause }) => cause.correlationId),
    events.map(({ cause }) => cause.causationId),
    events.map(({ cause }) => cause.traceparent),
    payloads,
  ]);
  if (!waking.has(tx)) {
    waking.add(tx);
    tx.afterCommit(() => appended(tx.database));
  }
}

/** The identity of a row, hence the order of publishing, follows the order of the arrays. */
const INSERT = prepared(`
  INSERT INTO outbox (event_id, stream, aggregate, sequence, type, actor_id, actor_address, correlation_id, causation_id, traceparent, payload)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bytea[])`);

/** Transactions that will wake the relay: once is enough. */
const waking = new WeakSet<Tx>();

/** `<aggregate>/<id>` */
function subjectOf({ contract, aggregateId }: NewEvent): string {
  return `${contract.aggregate}/${aggregateId}`;
}

/** Consumers would set it aside, every one of them, and for ever: nobody must publish it. */
function checkAggregate(event: NewEvent): void {
  const { type, idField } = event.contract;
  if (idField === undefined || event.data[idField] === event.aggregateId) return;
  throw new EncodingError(
    type,
    idField,
    `is ${event.data[idField]}, but the event is about ${subjectOf(event)}`,
  );
}

/** Measures exactly only what is near the bound: headers take longer to make than to store. */
function checkSize(source: string, event: NewEvent, payloadBytes: number): void {
  const { actorId, actorAddress, correlationId, causationId, traceparent } = event.cause;
  const characters = [
    event.aggregateId,
    actorId,
    actorAddress,
    correlationId,
    causationId,
    traceparent,
  ].reduce((sum, text) => sum + (text?.length ?? 0), 0);
  if (payloadBytes + FIXED_HEADER_BYTES + characters * ENCODED_BYTES <= MAX_EVENT_BYTES) return;
  const bytes = payloadBytes + headerBytes(source, event);
  if (bytes > MAX_EVENT_BYTES) throw new EventTooLargeError(event.contract.type, subjectOf(event), bytes);
}

function headerBytes(source: string, event: NewEvent): number {
  const envelope: Envelope = {
    ...event.cause,
    id: uuidv7(),
    type: event.contract.type,
    source,
    subject: subjectOf(event),
    sequence: event.sequence,
    time: new Date(),
  };
  return toHeaders(envelope).reduce(
    (sum, [name, value]) => sum + name.length + value.length + LINE_BYTES,
    FRAME_BYTES,
  );
}

/** Contracts whose schema a database is known to hold. */
const kept = new WeakMap<Database, Set<EventContract>>();

/** A schema is committed with the first event that was written with it, so the relay has it at hand however old the event is. */
async function keepSchemas(tx: Tx, contracts: ReadonlySet<EventContract>): Promise<void> {
  const known = kept.get(tx.database) ?? new Set();
  const unknown = [...contracts].filter((contract) => !known.has(contract));
  if (unknown.length === 0) return;
  // In one order everywhere: two first writers would wait for each other otherwise.
  const rows = unknown
    .map((contract) => ({ contract, fingerprint: fingerprintOf(contract) }))
    .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  await tx.run(
    `INSERT INTO outbox_schema (fingerprint, type, schema)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING`,
    [
      rows.map(({ fingerprint }) => fingerprint),
      rows.map(({ contract }) => contract.type),
      rows.map(({ contract }) => JSON.stringify(contract.schema)),
    ],
  );
  tx.afterCommit(() => {
    for (const contract of unknown) known.add(contract);
    kept.set(tx.database, known);
  });
}
