/** An event as a handler makes it, before the outbox gives it an id and encodes it. */
import { NIL } from 'uuid';
import { EncodingError } from '#schemas/avro.ts';
import { toHeaders } from '#schemas/cloud-events.ts';
import type { Cause } from '#schemas/envelope.ts';
import { type EventContract, type EventData, MAX_EVENT_BYTES } from '#schemas/event.ts';

export interface NewEvent<C extends EventContract = EventContract> {
  readonly contract: C;
  readonly aggregateId: string;
  /** The aggregate's version after the change, 1 for the first. */
  readonly sequence: number;
  readonly data: EventData<C>;
  readonly cause: Cause;
}

/** Makes an event. The compiler checks its data against the contract. */
export function newEvent<C extends EventContract>(
  contract: C,
  aggregateId: string,
  sequence: number,
  data: EventData<C>,
  cause: Cause,
): NewEvent<C> {
  return { contract, aggregateId, sequence, data, cause };
}

/** `<aggregate>/<id>` */
export function aggregateOf({ contract, aggregateId }: NewEvent): string {
  return `${contract.aggregate}/${aggregateId}`;
}

/**
 * An event with its headers is larger than the broker takes. The change that made it must be
 * refused.
 */
export class EventTooLargeError extends Error {
  readonly type: string;

  constructor(type: string, aggregate: string, bytes: number) {
    super(
      `${type} of ${aggregate} has ${bytes} bytes with its headers; at most ${MAX_EVENT_BYTES} are allowed`,
    );
    this.name = 'EventTooLargeError';
    this.type = type;
  }
}

/** Throws where the data name another aggregate: every consumer would dead-letter such an event. */
export function checkAggregate(event: NewEvent): void {
  const { type, idField } = event.contract;
  if (idField === undefined || event.data[idField] === event.aggregateId) return;
  throw new EncodingError(
    type,
    idField,
    `is ${event.data[idField]}, but the event is about ${aggregateOf(event)}`,
  );
}

/** Headers other than those of handlers: names, ids, type, time, in bytes. Generous. */
const FIXED_HEADER_BYTES = 1024;
/** Framing of each header line, and of all headers, in bytes. */
const LINE_BYTES = 4;
const FRAME_BYTES = 16;
/** Percent-encoding makes at most this many bytes of a character. */
const ENCODED_BYTES = 9;

/**
 * Throws `EventTooLargeError`. Measures exactly only near the limit: headers cost more to make than
 * to store.
 */
export function checkSize(source: string, event: NewEvent, payloadBytes: number): void {
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
  if (bytes > MAX_EVENT_BYTES) throw new EventTooLargeError(event.contract.type, aggregateOf(event), bytes);
}

/** All ids, and all times, have the same length. */
function headerBytes(source: string, event: NewEvent): number {
  const { contract, sequence, cause } = event;
  const subject = aggregateOf(event);
  const envelope = { ...cause, id: NIL, type: contract.type, source, subject, sequence, time: new Date(0) };
  return toHeaders(envelope).reduce(
    (sum, [name, value]) => sum + name.length + value.length + LINE_BYTES,
    FRAME_BYTES,
  );
}
