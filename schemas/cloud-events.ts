/**
 * The attributes of an event as message headers: CloudEvents 1.0 in binary content mode, as in the
 * NATS protocol binding. The payload's `content-type` is `avro/binary`, the media type of the Avro
 * specification.
 */
import { isUuid } from './avro-types.ts';
import type { Envelope } from './envelope.ts';
import { truncate } from './text.ts';
import { isTraceparent } from './traceparent.ts';

export const CONTENT_TYPE = 'avro/binary';

/**
 * Headers that are not a valid envelope: a retry cannot help. `header` names the first wrong one.
 */
export class EnvelopeError extends Error {
  readonly header: string;

  constructor(header: string, value: string | undefined, expected: string) {
    const held = value === undefined || value === '' ? 'missing' : JSON.stringify(truncate(value, 100));
    super(`${header} is ${held}, but should be ${expected}`);
    this.name = 'EnvelopeError';
    this.header = header;
  }
}

/**
 * Percent-encodes everything except printable ASCII without space, quote and percent, as
 * CloudEvents requires for headers.
 */
function encode(value: string): string {
  return value
    .toWellFormed()
    .replace(/[^\x21\x23\x24\x26-\x7e]+/gu, (part) =>
      Array.from(Buffer.from(part), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(
        '',
      ),
    );
}

/** The headers of an event. Absent attributes have no header. Never throws. */
export function toHeaders(envelope: Envelope): [name: string, value: string][] {
  const attributes: [string, string | null][] = [
    ['ce-id', envelope.id],
    ['ce-type', envelope.type],
    ['ce-source', envelope.source],
    ['ce-subject', envelope.subject],
    ['ce-sequence', String(envelope.sequence)],
    ['ce-actorid', envelope.actorId],
    ['ce-actoraddress', envelope.actorAddress],
    ['ce-time', envelope.time.toISOString()],
    ['ce-correlationid', envelope.correlationId],
    ['ce-causationid', envelope.causationId],
    ['traceparent', envelope.traceparent],
    ['Nats-Msg-Id', envelope.id],
  ];
  const present = attributes.filter((attribute): attribute is [string, string] => attribute[1] !== null);
  return [
    ['ce-specversion', '1.0'],
    ['content-type', CONTENT_TYPE],
    ...present.map(([name, value]): [string, string] => [name, encode(value)]),
  ];
}

type Get = (name: string) => string | undefined;

function read(get: Get, name: string): string | null {
  const value = get(name);
  if (value === undefined || value === '') return null;
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    throw new EnvelopeError(name, value, 'percent-encoded UTF-8');
  }
}

function need(get: Get, name: string, holds: (value: string) => boolean, expected: string): string {
  const value = read(get, name);
  if (value === null || !holds(value)) throw new EnvelopeError(name, value ?? undefined, expected);
  return value;
}

const TYPE = /^[a-z][a-z0-9-]*\.[a-z0-9-]+\.[a-z0-9-]+\.v[1-9]\d*$/;
const SUBJECT = /^[^/].*\/.+$/s;
const SEQUENCE = /^[1-9]\d*$/;
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

const anything = () => true;

/**
 * Reads the headers of a message. `get` returns a header by its exact name, or undefined or '' when
 * it is missing. Throws `EnvelopeError`. An invalid `traceparent` is ignored, as W3C Trace Context
 * requires.
 */
export function fromHeaders(get: Get): Envelope {
  need(get, 'ce-specversion', (value) => value === '1.0', '1.0');
  need(get, 'content-type', (value) => value === CONTENT_TYPE, CONTENT_TYPE);
  const traceparent = get('traceparent') ?? '';
  return {
    id: need(get, 'ce-id', isUuid, 'a UUID'),
    type: need(get, 'ce-type', (value) => TYPE.test(value), '<service>.<entity>.<past-tense>.v<major>'),
    source: need(get, 'ce-source', anything, 'the name of a service'),
    subject: need(get, 'ce-subject', (value) => SUBJECT.test(value), '<aggregate>/<id>'),
    sequence: Number(need(get, 'ce-sequence', isSequence, 'a whole number from 1')),
    actorId: need(get, 'ce-actorid', anything, 'who caused the event'),
    actorAddress: read(get, 'ce-actoraddress'),
    time: new Date(need(get, 'ce-time', isTime, 'a time as in RFC 3339')),
    correlationId: need(get, 'ce-correlationid', anything, 'what the event belongs to'),
    causationId: read(get, 'ce-causationid'),
    traceparent: isTraceparent(traceparent) ? traceparent : null,
  };
}

function isSequence(value: string): boolean {
  return SEQUENCE.test(value) && Number.isSafeInteger(Number(value));
}

function isTime(value: string): boolean {
  return RFC_3339.test(value) && !Number.isNaN(Date.parse(value));
}
