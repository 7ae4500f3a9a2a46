/**
 * Describes all events in an AsyncAPI 3 document. It comes from the event contracts alone. Pure.
 */
import { streamName, subjectOf } from '#mixins/names.ts';
import { CONTENT_TYPE } from '#schemas/cloud-events.ts';
import { type AvroSchema, type EventContract, serviceOf } from '#schemas/event.ts';

const ASYNCAPI = '3.1.0';
const AVRO = 'application/vnd.apache.avro+json;version=1.9.0';

const DESCRIPTION = [
  'Events are kept in streams of NATS JetStream. Only the service that owns a stream publishes there, except for requests to it.',
  "A payload is Avro in the single-object encoding: two bytes of marker, eight bytes of the fingerprint of its schema (CRC-64-AVRO), then the data. The writers' schemas are kept in a key-value bucket by fingerprint.",
  'The attributes of an event are headers (CloudEvents 1.0, binary content mode), percent-encoded beyond printable ASCII.',
  'Events may come more than once and in any order. `ce-id` identifies an event, `ce-subject` its aggregate, and `ce-sequence` the version of the aggregate after it: 1, 2, 3 … without gaps over all types of the aggregate.',
  'A type has a major version at its end. A released schema changes only in ways that Avro resolves in both directions.',
].join('\n\n');

const text = (description: string, examples: readonly string[], more: object = {}) =>
  ({ type: 'string', description, examples, ...more }) as const;

const UUID = '019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05';
/** The headers of every event (`toHeaders`). */
export const HEADERS = {
  type: 'object',
  required: [
    ...['ce-specversion', 'content-type', 'ce-id', 'ce-type', 'ce-source', 'ce-subject', 'ce-sequence'],
    ...['ce-actorid', 'ce-time', 'ce-correlationid', 'Nats-Msg-Id'],
  ],
  properties: {
    'ce-specversion': { type: 'string', const: '1.0', description: 'The version of CloudEvents.' },
    'content-type': { type: 'string', const: CONTENT_TYPE, description: 'The media type of the payload.' },
    'ce-id': text('The id of the event (UUIDv7).', [UUID], { format: 'uuid' }),
    'ce-type': text('The type of the event.', ['parrots.parrot.fed.v1']),
    'ce-source': text('The service that published it.', ['parrots']),
    'ce-subject': text('The aggregate: `<aggregate>/<id>`.', [`parrot/${UUID}`]),
    'ce-sequence': text('The version of the aggregate after the event.', ['1'], { pattern: '^[1-9][0-9]*$' }),
    'ce-actorid': text('Who caused it: the id of a user, `operator:<user>@<host>` or `service:<name>`.', [
      UUID,
    ]),
    'ce-actoraddress': text('The network address of the actor; missing for services.', ['127.0.0.1']),
    'ce-time': text('The time of the change.', ['2026-03-31T12:30:00.000Z'], { format: 'date-time' }),
    'ce-correlationid': text('The id of the request or job, which all of its events share.', [UUID]),
    'ce-causationid': text('The event whose handling caused this one; missing for the first.', [UUID]),
    traceparent: text('W3C trace context.', ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01']),
    'Nats-Msg-Id': text('The same as `ce-id`.', [UUID], { format: 'uuid' }),
  },
} as const;

export interface EventsDocumentOptions {
  readonly title: string;
  readonly version: string;
  readonly namespace: string;
  readonly events: readonly EventContract[];
}

export function asyncApiDocument({ title, version, namespace, events }: EventsDocumentOptions): object {
  const byType = <Value>(make: (event: EventContract) => Value): Readonly<Record<string, Value>> =>
    Object.fromEntries(events.map((event) => [event.type, make(event)]));
  return {
    asyncapi: ASYNCAPI,
    info: { title: `${title} events`, version, description: DESCRIPTION },
    defaultContentType: CONTENT_TYPE,
    channels: byType(({ type }) => ({
      address: subjectOf(namespace, type),
      messages: { [type]: { $ref: `#/components/messages/${type}` } },
      'x-stream': streamName(namespace, serviceOf(type)),
    })),
    operations: byType(({ type }) => ({
      action: 'send',
      channel: { $ref: `#/channels/${type}` },
      messages: [{ $ref: `#/channels/${type}/messages/${type}` }],
    })),
    components: {
      messages: byType(({ type, aggregate, schema, wholeState = false }) => ({
        name: type,
        title: schema.name,
        contentType: CONTENT_TYPE,
        headers: { $ref: '#/components/schemas/Headers' },
        payload: { schemaFormat: AVRO, schema: parted(schema) },
        'x-aggregate': aggregate,
        'x-whole-state': wholeState,
      })),
      schemas: { Headers: HEADERS },
    },
  };
}

/**
 * The same schema with full names parted into namespace and name, as AsyncAPI's schema of Avro
 * wants.
 */
function parted(schema: AvroSchema): unknown {
  return JSON.parse(JSON.stringify(schema), (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('name' in value)) return value;
    const dot = String(value.name).lastIndexOf('.');
    if (dot === -1) return value;
    const name = String(value.name);
    return { ...value, namespace: name.slice(0, dot), name: name.slice(dot + 1) };
  });
}
