/** A line of the log (AUD-1): an event as it is kept, and as it is shown. */
import type { Delivery } from '#mixins/consumer/definition.ts';
import { serviceOf } from '#schemas/event.ts';

/** An event as it is kept. */
export interface AuditRecord {
  readonly eventId: string;
  readonly at: Date;
  readonly sequence: number;
  /** Whether the data are all there is of the aggregate. */
  readonly wholeState: boolean;
  readonly stream: string;
  readonly type: string;
  readonly subject: string;
  readonly source: string;
  readonly actorId: string;
  readonly actorAddress: string | null;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** The data, as JSON. */
  readonly data: string;
}

/** `states`: types whose events carry the whole state of their aggregate. */
export function recordOf(delivery: Delivery, states: ReadonlySet<string>): AuditRecord {
  const { id, type, time, sequence, subject, source, actorId, actorAddress, correlationId, causationId } =
    delivery;
  return {
    eventId: id,
    at: time,
    sequence,
    wholeState: states.has(type),
    stream: serviceOf(type),
    type,
    subject: storable(subject),
    source: storable(source),
    actorId: storable(actorId),
    actorAddress: actorAddress === null ? null : storable(actorAddress),
    correlationId: storable(correlationId),
    causationId: causationId === null ? null : storable(causationId),
    data: jsonOf(delivery.data),
  };
}

/** PostgreSQL stores no NUL, and the log leaves nothing out for its sake. */
function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}

function jsonOf(data: unknown): string {
  const json = JSON.stringify(data);
  // Seldom, and then each text is looked at.
  return json.includes('\\u0000') ? JSON.stringify(data, (_, value: unknown) => withoutNul(value)) : json;
}

function withoutNul(value: unknown): unknown {
  return typeof value === 'string' ? storable(value) : value;
}

/** A line as it was read: the event, and the data of the version before it, where both are whole states. */
export interface StoredRecord {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly actorId: string;
  readonly actorAddress: string | null;
  readonly at: Date;
  readonly wholeState: boolean;
  readonly previous: unknown;
  readonly data: unknown;
}

/** A line as clients see it. */
export interface AuditItem {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  /** A user's id, `operator:<user>@<host>`, `service:<name>` or `anonymous`. */
  readonly actor: string;
  readonly address: string | null;
  readonly at: string;
  /** The state before; null where the event does not carry states, made something, or what was before has not arrived yet. */
  readonly before: unknown;
  /** The state after; null where the event does not carry states: then `data` says what happened. */
  readonly after: unknown;
  readonly data: unknown;
}

export function itemOf(record: StoredRecord): AuditItem {
  const { id, type, subject, actorId, actorAddress, at, wholeState, previous, data } = record;
  return {
    id,
    type,
    subject,
    actor: actorId,
    address: actorAddress,
    at: at.toISOString(),
    before: wholeState ? (previous ?? null) : null,
    after: wholeState ? data : null,
    data,
  };
}
