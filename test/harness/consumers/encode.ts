/** Events in the form in which a stream carries them. */
import { v7 as uuidv7 } from 'uuid';
import type { Bus } from '#mixins/bus/bus.ts';
import { SCHEMAS_BUCKET, SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import { encodeEvent } from '#schemas/avro.ts';
import { toHeaders } from '#schemas/cloud-events.ts';
import type { Envelope } from '#schemas/envelope.ts';
import { type EventContract, serviceOf } from '#schemas/event.ts';
import type { FixtureEvent } from './fixture.ts';

export interface EncodedEvent {
  readonly id: string;
  readonly type: string;
  /** `<aggregate>/<id>` */
  readonly subject: string;
  readonly sequence: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

export function encode(event: FixtureEvent, overrides: Partial<Envelope> = {}): EncodedEvent {
  const envelope: Envelope = {
    id: uuidv7(),
    type: event.contract.type,
    source: serviceOf(event.contract.type),
    subject: `${event.contract.aggregate}/${event.aggregateId}`,
    sequence: event.sequence,
    time: new Date(),
    actorId: 'service:harness',
    actorAddress: null,
    correlationId: uuidv7(),
    causationId: null,
    traceparent: null,
    ...overrides,
  };
  const headers = Object.fromEntries(toHeaders(envelope));
  const payload = encodeEvent(event.contract, event.data as never);
  return {
    id: envelope.id,
    type: envelope.type,
    subject: envelope.subject,
    sequence: envelope.sequence,
    headers,
    payload,
  };
}

/** An event with a valid envelope, an unreadable payload and an aggregate of its own. */
export function unreadable(contract: EventContract): EncodedEvent {
  const id = uuidv7();
  const event = { contract, aggregateId: uuidv7(), sequence: 1, data: undefined };
  const envelope = { ...event, id };
  const subject = `${contract.aggregate}/${envelope.aggregateId}`;
  const headers = Object.fromEntries(
    toHeaders({
      id,
      type: contract.type,
      source: serviceOf(contract.type),
      subject,
      sequence: 1,
      time: new Date(),
      actorId: 'service:harness',
      actorAddress: null,
      correlationId: id,
      causationId: null,
      traceparent: null,
    }),
  );
  return { id, type: contract.type, subject, sequence: 1, headers, payload: Buffer.from('not Avro at all') };
}

/** Registers the schemas of these events for consumers. */
export async function registerSchemas(bus: Bus, events: readonly FixtureEvent[]): Promise<void> {
  const contracts = [...new Map(events.map(({ contract }) => [contract.type, contract])).values()];
  await new SchemaRegistry(() => bus.bucket(SCHEMAS_BUCKET)).register(contracts);
}
