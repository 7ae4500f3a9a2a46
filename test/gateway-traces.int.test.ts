/** The traces of requests at the gateway. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Config } from '../config.ts';
import { startToyGateway, type ToyGateway } from './gateway.fixture.ts';
import { Collector } from './harness/collector.ts';
import { until } from './harness/wait.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const RECORDED = `00-${TRACE}-${PARENT}-01`;
const NOT_RECORDED = `00-${TRACE}-${PARENT}-00`;

let collector: Collector;
let toys: ToyGateway;

function startOnce(config: Partial<Config>): void {
  beforeAll(async () => {
    collector = await Collector.start();
    toys = await startToyGateway({ config: { otlpEndpoint: collector.endpoint, ...config } });
  });
  afterAll(async () => {
    await toys?.stop();
    await collector?.stop();
  });
}

const send = (method: string, path: string, headers: Record<string, string> = {}, body = '{}') =>
  fetch(`${toys.root}/api/v1${path}`, {
    method,
    headers: { ...(method === 'POST' ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(method === 'POST' ? { body } : {}),
  });
const open = (headers: Record<string, string> = {}, body = '{}') => send('POST', '/toys/open', headers, body);
/** The `traceparent` that the last action got. */
const passedOn = () => (toys.calls.at(-1)?.meta as { traceparent?: string } | undefined)?.traceparent;
const spansOf = (traceId: string, count: number) =>
  until(() => collector.of(traceId).length >= count && collector.of(traceId), { what: 'the spans' });

describe('a gateway with a collector', () => {
  startOnce({});

  it('records a request by its route, its status and its id, under which it is found', async () => {
    const id = randomUUID();
    const traceId = id.replaceAll('-', '');
    await open({ 'x-request-id': id }, '{"name":"canary-name"}');
    const spans = await spansOf(traceId, 2);
    const [request, action] = ['POST /api/v1/toys/open', 'toy.open'].map((name) =>
      spans.find((span) => span.name === name),
    );
    expect(request).toMatchObject({ parentId: '', kind: 'server', service: 'gateway', hasFailed: false });
    expect(request?.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/api/v1/toys/open',
      'http.response.status_code': 200,
      'correlation.id': id,
    });
    expect(action).toMatchObject({ parentId: request?.spanId, service: 'toy' });
    expect(passedOn()).toBe(`00-${traceId}-${action?.spanId}-01`);
    for (const body of collector.bodies) expect(body.toString('latin1')).not.toContain('canary-name');
  });

  it('begins a new trace for a request whose id is no UUID, and ignores a malformed header', async () => {
    await open({ 'x-request-id': 'request-0001', traceparent: `00-${'0'.repeat(32)}-${PARENT}-01` });
    const span = await until(
      () => collector.spans.find(({ attributes }) => attributes['correlation.id'] === 'request-0001'),
      { what: 'the span' },
    );
    expect(span).toMatchObject({ parentId: '', traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(passedOn()?.slice(3, 35)).toBe(span.traceId);
  });

  it("SYS-4: goes on with a stranger's trace, and decides by itself whether to record it", async () => {
    await open({ traceparent: NOT_RECORDED });
    const spans = await spansOf(TRACE, 2);
    expect(spans.map(({ parentId }) => parentId)).toContain(PARENT);
    expect(passedOn()).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
  });

  it.each([
    ['unknown', 500, true],
    ['conflict', 409, false],
  ])('tells failures from answers (%s)', async (how, status, hasFailed) => {
    const id = randomUUID();
    const answer = await send('POST', '/toys/fail', { 'x-request-id': id }, JSON.stringify({ how }));
    expect(answer.status).toBe(status);
    const spans = await spansOf(id.replaceAll('-', ''), 2);
    expect(spans.map((span) => span.hasFailed)).toEqual([hasFailed, hasFailed]);
    expect(spans.find(({ service }) => service === 'gateway')?.attributes).toMatchObject({
      'http.response.status_code': status,
    });
  });

  it('SYS-4: records nothing for refused strangers, unknown paths and health checks', async () => {
    const ids = Array.from({ length: 4 }, () => randomUUID());
    const statuses = await Promise.all(
      [
        ['GET', '/toys'],
        ['GET', '/nowhere'],
        ['GET', '/../../livez'],
        ['POST', '/toys/open'],
      ].map(
        async ([method = '', path = ''], index) =>
          (await send(method, path, { 'x-request-id': ids[index] ?? '' })).status,
      ),
    );
    expect(statuses).toEqual([401, 404, 200, 200]);
    const [unsigned, unknown, health, last] = ids.map((id) => id.replaceAll('-', ''));
    await spansOf(last ?? '', 2);
    for (const traceId of [unsigned, unknown, health]) expect(collector.of(traceId ?? '')).toEqual([]);
  });
});

describe('a gateway that records only what its proxy does', () => {
  startOnce({ tracesSampler: { ratio: 0, isParentBased: true }, trustedProxies: ['127.0.0.1'] });

  it('records nothing else, and passes on that it does not', async () => {
    await open();
    expect(passedOn()).toBeUndefined();
    await open({ traceparent: NOT_RECORDED });
    expect(passedOn()).toBe(NOT_RECORDED);
    await open({ traceparent: RECORDED });
    expect((await spansOf(TRACE, 2)).map(({ parentId }) => parentId)).toContain(PARENT);
    expect(collector.spans).toHaveLength(2);
  });
});

describe('a gateway that records nothing', () => {
  startOnce({ tracesSampler: { ratio: 0, isParentBased: true } });

  it("SYS-4: is not forced by a stranger's header", async () => {
    await open({ traceparent: RECORDED });
    expect(passedOn()).toBe(NOT_RECORDED);
    await toys.stop();
    expect(collector.requests).toEqual([]);
  });
});
