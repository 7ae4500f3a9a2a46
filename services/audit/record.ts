/** A record of the log (AUD-1): an event as it is stored and as it is shown. */
import type { Delivery } from '#mixins/consumer/definition.ts';
import type { ActionItem } from '#schemas/action.ts';
import type listAction from '#schemas/actions/audit/list.ts';
import type { Envelope } from '#schemas/envelope.ts';
import { serviceOf } from '#schemas/event.ts';

/** An event as it is stored. */
export interface AuditRecord extends Omit<Envelope, 'id' | 'time' | 'traceparent'> {
  readonly eventId: string;
  readonly at: Date;
  /** Whether the data have the whole state of the aggregate. */
  readonly wholeState: boolean;
  readonly stream: string;
  /** The data, as JSON. */
  readonly data: string;
}

/** `states` are the types whose events have the whole state of their aggregate. */
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

/** PostgreSQL can't store NUL, but the log must not leave out the text. */
function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}

function jsonOf(data: unknown): string {
  const json = JSON.stringify(data);
  // This is rare, so only then each text is checked.
  return json.includes('\\u0000') ? JSON.stringify(data, (_, value: unknown) => withoutNul(value)) : json;
}

function withoutNul(value: unknown): unknown {
  return typeof value === 'string' ? storable(value) : value;
}

/** A stored event, with the data of the version before it when both have whole states. */
export interface StoredRecord
  extends Pick<
    AuditRecord,
    'type' | 'subject' | 'actorId' | 'actorAddress' | 'at' | 'correlationId' | 'causationId' | 'wholeState'
  > {
  readonly id: string;
  /** The actor's name. Null for everybody who is not a known user. */
  readonly actorName: string | null;
  readonly previous: unknown;
  readonly data: unknown;
}

/** A record as clients see it. */
export type AuditItem = ActionItem<typeof listAction>;

export function itemOf(record: StoredRecord): AuditItem {
  const { id, type, subject, actorId, actorName, actorAddress, at, wholeState, previous, data } = record;
  return {
    id,
    type,
    subject,
    actor: actorId,
    actorName,
    address: actorAddress,
    at: at.toISOString(),
    correlationId: record.correlationId,
    causationId: record.causationId,
    before: wholeState ? (previous ?? null) : null,
    after: wholeState ? data : null,
    data,
  };
}
