/** Appends events to the outbox, in the transaction of the change that they report (FAIL-1). */
import { randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { type Database, prepared, type Tx } from '#mixins/database/database.ts';
import { defineRowSet } from '#mixins/database/row-set.ts';
import { Signal } from '#mixins/loops/signal.ts';
import { encodeEvent, fingerprintOf } from '#schemas/avro.ts';
import type { Cause } from '#schemas/envelope.ts';
import { type EventContract, serviceOf } from '#schemas/event.ts';
import { type InterventionStep, interventionMadeOf } from '#schemas/intervention.ts';
import { truncate } from '#schemas/text.ts';
import { aggregateOf, checkAggregate, checkSize, type NewEvent, newEvent } from './event.ts';

/**
 * Appends events with one statement, in the order given. They are published after the commit, and
 * never after a roll-back.
 *
 * Before it writes, it throws `EncodingError` or `EventTooLargeError`; the former also where the
 * data name another aggregate than that of the event. It throws a unique violation where the
 * aggregate has an event of this type and version: another transaction has changed it. Repeat the
 * whole transaction then.
 */
export async function appendEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const payloads = events.map((event) => encodeEvent(event.contract, event.data));
  for (const [index, event] of events.entries()) {
    checkAggregate(event);
    checkSize(tx.database.service, event, payloads[index]?.length ?? 0);
  }
  await keepSchemas(tx, new Set(events.map((event) => event.contract)));
  const ids = newEventIds(events.length);
  await tx.run(
    INSERT,
    ROWS.bind(events.map((event, index) => ({ ...event, id: ids[index], payload: payloads[index] }))),
  );
  appended.sendAfterCommit(tx);
}

const ROWS = defineRowSet<
  NewEvent & { readonly id: string | undefined; readonly payload: Buffer | undefined }
>({
  event_id: ['uuid', ({ id }) => id],
  stream: ['text', ({ contract }) => serviceOf(contract.type)],
  aggregate: ['text', aggregateOf],
  sequence: ['bigint', ({ sequence }) => sequence],
  type: ['text', ({ contract }) => contract.type],
  actor_id: ['text', ({ cause }) => cause.actorId],
  actor_address: ['text', ({ cause }) => cause.actorAddress],
  correlation_id: ['text', ({ cause }) => cause.correlationId],
  causation_id: ['text', ({ cause }) => cause.causationId],
  traceparent: ['text', ({ cause }) => cause.traceparent],
  payload: ['bytea', ({ payload }) => payload],
});

/** The identity of a row, hence the order of publishing, follows the order of the arrays. */
const INSERT = prepared(`INSERT INTO outbox (${ROWS.columns}) SELECT * FROM ${ROWS.from('event')}`);

/** Events were committed to the outbox, by this process. */
export const appended = new Signal();

/** Contracts whose schema a database is known to hold. */
const kept = new WeakMap<Database, Set<EventContract>>();

/**
 * Commits each schema with the first event written with it: the relay then has the schema of every
 * event.
 */
async function keepSchemas(tx: Tx, contracts: ReadonlySet<EventContract>): Promise<void> {
  const known = kept.get(tx.database) ?? new Set();
  const unknown = [...contracts].filter((contract) => !known.has(contract));
  if (unknown.length === 0) return;
  // Sorted, so that two first writers do not wait for each other.
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

/**
 * Makes one contract for each service, because the schemas that are kept go by their contract's
 * identity.
 */
export function oncePerService<Contract extends EventContract>(
  make: (service: string) => Contract,
): (service: string) => Contract {
  const made = new Map<string, Contract>();
  return (service) => {
    const contract = made.get(service) ?? make(service);
    made.set(service, contract);
    return contract;
  };
}

const RANDOM_BYTES = 16;
/**
 * A new millisecond begins its counter in the lower half of the range: the other half is left to
 * count up.
 */
const FIRST_COUNT_MASK = 0x7f_ff_ff_ff;

let msecs = 0;
let count = 0;

/**
 * New UUIDs of version 7. They rise within this process, so that later events sort behind earlier
 * ones (RFC 9562). Their random bits are drawn at once: one draw for each id takes a sixth of the
 * time of booking an event (measured).
 */
export function newEventIds(number: number): string[] {
  const random = randomFillSync(Buffer.allocUnsafe(number * RANDOM_BYTES));
  return Array.from({ length: number }, (_, index) => {
    const bytes = random.subarray(index * RANDOM_BYTES, (index + 1) * RANDOM_BYTES);
    advance(bytes);
    return uuidv7({ random: bytes, msecs, seq: count });
  });
}

/** Continues from the last id, also where the clock stands still or was set back. */
function advance(random: Buffer): void {
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    count = random.readUInt32BE(0) & FIRST_COUNT_MASK;
    return;
  }
  count = (count + 1) >>> 0;
  if (count === 0) msecs += 1;
}

/** Longest detail of an operator action, in code points: the size of an event is limited. */
const MAX_DETAIL = 2_000;

export interface OperatorAction {
  /**
   * Given where several nodes may report the same action: the second fails with a unique violation.
   */
  readonly id?: string;
  readonly step: InterventionStep;
  readonly target: string;
  readonly detail?: string | undefined;
}

const operatorActionOf = oncePerService(interventionMadeOf);

/** Appends `<service>.intervention.made.v1`: what an operator did (AUD-1). */
export async function appendOperatorAction(tx: Tx, action: OperatorAction, cause: Cause): Promise<void> {
  const contract = operatorActionOf(tx.database.service);
  const { id = uuidv7(), step, target } = action;
  const detail = action.detail === undefined ? null : truncate(action.detail, MAX_DETAIL);
  await appendEvents(tx, [newEvent(contract, id, 1, { interventionId: id, step, target, detail }, cause)]);
}
