import { Parser } from '@asyncapi/parser';
import { describe, expect, it } from '@jest/globals';
import { toHeaders } from '#schemas/cloud-events.ts';
import type { Envelope } from '#schemas/envelope.ts';
import { loadProductEvents } from '#schemas/load.ts';
import { loadProducts } from '../../../product.ts';
import { makeAjv } from '../../../test/harness/ajv.ts';
import { asyncApiDocument, HEADERS } from './document.ts';

const products = [
  ...(await loadProducts(new URL('../../../test/toy/products/toy.ts', import.meta.url).pathname)),
];

describe.each(products)('the events of the product %s', (_, product) => {
  it('API-6: are described without a problem for the parser of AsyncAPI, each in its channel', async () => {
    const events = await loadProductEvents(product);
    const text = JSON.stringify(
      asyncApiDocument({ title: product.title, version: '1.2.3', namespace: 'zoo', events }),
    );
    const { document, diagnostics } = await new Parser().parse(text);
    expect(diagnostics).toEqual([]);
    const channels = document?.channels().all() ?? [];
    expect(channels.map((channel) => channel.address()).sort()).toEqual(
      events.map(({ type }) => `zoo.${type}`).sort(),
    );
    expect(document?.operations().all()).toHaveLength(events.length);
    const streams = channels.map((channel) => channel.extensions().get('x-stream')?.value());
    for (const stream of streams) expect(stream).toMatch(/^zoo_[A-Z_]+$/);
  });
});

describe('the headers', () => {
  const cause = { actorAddress: '127.0.0.1', correlationId: 'c', causationId: 'd', traceparent: 'e' };
  const envelope: Envelope = {
    ...cause,
    actorId: 'service:toys',
    id: '019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05',
    type: 'toys.toy.made.v1',
    source: 'toys',
    subject: 'toy/1',
    sequence: 1,
    time: new Date(0),
  };

  it('API-6: are those that events have', () => {
    const check = makeAjv().compile(HEADERS);
    expect(Object.keys(HEADERS.properties).sort()).toEqual(
      toHeaders(envelope)
        .map(([name]) => name)
        .sort(),
    );
    expect([check(Object.fromEntries(toHeaders(envelope))), check.errors]).toEqual([true, null]);
    const least = { ...envelope, actorAddress: null, causationId: null, traceparent: null };
    expect(
      toHeaders(least)
        .map(([name]) => name)
        .sort(),
    ).toEqual([...HEADERS.required].sort());
  });
});
