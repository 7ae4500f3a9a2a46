import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EnvelopeError, fromHeaders, toHeaders } from './cloud-events.ts';
import type { Envelope } from './envelope.ts';

const ID = '0198b3c1-7d4e-7a10-9f00-000000000001';

const envelope: Envelope = {
  id: ID,
  type: 'parrots.parrot.created.v1',
  source: 'parrots',
  subject: `parrot/${ID}`,
  sequence: 1,
  actorId: ID,
  actorAddress: '::1',
  correlationId: 'request 1 "é" 100%\r\n',
  causationId: ID,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  time: new Date('2026-07-25T10:00:00.123Z'),
};

const getter = (headers: Iterable<readonly [string, string]>) => {
  const map = new Map(headers);
  return (name: string) => map.get(name) ?? '';
};

describe('an envelope as headers', () => {
  const headers = new Map(toHeaders(envelope));

  it('has the names and forms of CloudEvents in binary mode', () => {
    expect(Object.fromEntries(headers)).toEqual({
      'ce-specversion': '1.0',
      'content-type': 'avro/binary',
      'ce-id': ID,
      'ce-type': 'parrots.parrot.created.v1',
      'ce-source': 'parrots',
      'ce-subject': `parrot/${ID}`,
      'ce-sequence': '1',
      'ce-actorid': ID,
      'ce-actoraddress': '::1',
      'ce-time': '2026-07-25T10:00:00.123Z',
      'ce-correlationid': 'request%201%20%22%C3%A9%22%20100%25%0D%0A',
      'ce-causationid': ID,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'Nats-Msg-Id': ID,
    });
  });

  it('is read as it was', () => {
    expect(fromHeaders(getter(headers))).toEqual(envelope);
  });

  it('leaves out what is absent', () => {
    const bare = { ...envelope, actorAddress: null, causationId: null, traceparent: null };
    expect(toHeaders(bare).map(([name]) => name)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/address|causation|trace/)]),
    );
    expect(fromHeaders(getter(toHeaders(bare)))).toEqual(bare);
  });

  it('is printable ASCII and is read as it was, with any texts', () => {
    const texts = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(texts, texts, texts, (actorId, correlationId, id) => {
        const some = { ...envelope, actorId, correlationId, subject: `price/parrot/${id}` };
        const written = toHeaders(some);
        expect(written.every(([, value]) => /^[\x21-\x7e]*$/.test(value))).toBe(true);
        expect(fromHeaders(getter(written))).toEqual(some);
      }),
    );
  });
});

describe('malformed headers', () => {
  it.each([
    ['ce-specversion', '0.3'],
    ['ce-specversion', ''],
    ['content-type', 'application/json'],
    ['ce-id', ''],
    ['ce-id', '1'],
    ['ce-type', 'Parrots.parrot'],
    ['ce-source', ''],
    ['ce-subject', 'parrot'],
    ['ce-subject', '/1'],
    ['ce-sequence', '0'],
    ['ce-sequence', '1.0'],
    ['ce-sequence', '9007199254740993'],
    ['ce-actorid', ''],
    ['ce-time', '2026-07-25'],
    ['ce-time', '2026-13-25T10:00:00Z'],
    ['ce-correlationid', ''],
    ['ce-correlationid', '%ff'],
    ['ce-actoraddress', '%'],
  ])('are poison: %s %j', (name, value) => {
    const headers = new Map(toHeaders(envelope)).set(name, value);
    expect(() => fromHeaders(getter(headers))).toThrow(EnvelopeError);
    expect(() => fromHeaders(getter(headers))).toThrow(expect.objectContaining({ header: name }));
  });

  it('are ignored if only the trace is malformed', () => {
    const headers = new Map(toHeaders(envelope)).set('traceparent', 'x');
    expect(fromHeaders(getter(headers))).toEqual({ ...envelope, traceparent: null });
  });
});
