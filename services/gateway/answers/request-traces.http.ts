/** The trace of each request, and its span at the gateway (ADR 42). */
import type { ServerResponse } from 'node:http';
import { decide, traceIdOf } from '#mixins/tracing/sampling.ts';
import { newTraceId, type Traces } from '#mixins/tracing/traces.ts';
import { readTraceparent, toTraceparent } from '#schemas/traceparent.ts';
import type { Config } from '../../../config.ts';
import { proxyFinder } from '../connections/address.ts';
import type { Route } from '../requests/routes.ts';
import type { GatewayRequest } from './edge.http.ts';

const SERVICE = 'gateway';
/** Statuses from here on are failures of the system. */
const FIRST_FAILURE = 500;

type TracesConfig = Pick<Config, 'tracesSampler' | 'trustedProxies'>;

export class RequestTraces {
  readonly #traces: Traces | undefined;
  readonly #config: TracesConfig;
  readonly #isProxy: (socketAddress: string) => boolean;

  /** Without traces, a request keeps the `traceparent` of its client. */
  constructor(traces: Traces | undefined, config: TracesConfig) {
    this.#traces = traces;
    this.#config = config;
    this.#isProxy = proxyFinder(config.trustedProxies);
  }

  /**
   * The `traceparent` for everything that the request causes; undefined without a trace. If the
   * request is recorded, its span begins now, and ends when its answer has left. To be called when
   * the caller is known, so that refused strangers make no spans.
   */
  begin({ path }: Route, req: GatewayRequest, res: ServerResponse): string | undefined {
    const { traceparent: header } = req.headers;
    const parent = readTraceparent(typeof header === 'string' ? header : undefined);
    const traces = this.#traces;
    if (traces === undefined) return parent === null ? undefined : toTraceparent(parent);
    const isTrusted = parent !== null && this.#isProxy(req.socket.remoteAddress ?? '');
    const { requestId } = req.arrival;
    if (!decide(this.#config.tracesSampler, { parent, isTrusted }, Math.random())) {
      return parent === null ? undefined : toTraceparent({ ...parent, isSampled: false });
    }
    const context = parent ?? { traceId: traceIdOf(requestId) ?? newTraceId(), spanId: null };
    const method = req.method ?? '';
    const span = traces.begin(context, `${method} ${path}`, {
      kind: 'server',
      service: SERVICE,
      attributes: { 'http.request.method': method, 'http.route': path, 'correlation.id': requestId },
    });
    res.once('close', () => {
      const { statusCode } = res;
      span.add({ 'http.response.status_code': statusCode });
      if (!res.writableFinished) span.end({ type: 'aborted', code: 0 });
      else if (statusCode >= FIRST_FAILURE) span.end({ type: String(statusCode) });
      else span.end();
    });
    return span.traceparent;
  }
}
