/**
 * Gives a node its traces, where a collector is configured, and its actions their spans (ADR 42).
 */
import type {
  ActionHandler,
  ActionSchema,
  BrokerOptions,
  Context,
  Middleware,
  ServiceBroker,
} from 'moleculer';
import { metricsOf } from '#mixins/metrics/metrics.ts';
import type { RequestMeta } from '#schemas/action.ts';
import type { Config } from '../../config.ts';
import { VERSION } from '../../product.ts';
import { OtlpExporter } from './otlp-exporter.ts';
import { ended, runInSpan, type SpanKind, setTraces, type TraceSpan, Traces, tracesOf } from './traces.ts';

export interface NodeTraces {
  /** For the options of the broker. */
  readonly tracing: NonNullable<BrokerOptions['tracing']>;
  /** None where traces are off: a call then costs nothing more. */
  readonly middlewares: readonly (Middleware | ((broker: ServiceBroker) => Middleware))[];
}

type TracesConfig = Pick<Config, 'otlpEndpoint' | 'otlpHeaders' | 'namespace'>;

export function nodeTraces(config: TracesConfig, nodeId: string): NodeTraces {
  const { otlpEndpoint: endpoint, otlpHeaders: headers, namespace } = config;
  if (endpoint === null) return { tracing: { enabled: false }, middlewares: [] };
  const resource = {
    'service.namespace': namespace,
    'service.version': VERSION,
    'service.instance.id': nodeId,
  };
  const exporter = new OtlpExporter({ endpoint, headers, resource });
  return {
    // Moleculer's own spans of actions have the params as tags, and ids of other forms.
    tracing: { enabled: true, actions: false, events: false, exporter: exporter as never },
    middlewares: [
      {
        name: 'NodeTraces',
        created(broker) {
          setTraces(broker, new Traces(broker.tracer));
          addTraceMetrics(broker, exporter);
        },
      },
      actionSpans,
    ],
  };
}

/**
 * A span for each call: where it runs, and on the calling node if that is another one. A call
 * belongs to the trace of its metadata. Those that services make by themselves have none.
 */
function actionSpans(broker: ServiceBroker): Middleware {
  const spanning =
    (kind: SpanKind, prefix: string, serviceOf: (ctx: Context) => string | undefined) =>
    (next: ActionHandler, { name = '' }: ActionSchema): ActionHandler => {
      const attributes = { 'rpc.method': name };
      return function spanned(ctx) {
        const { meta } = ctx as Context<unknown, RequestMeta>;
        if (meta.traceparent === undefined) return next.call(this, ctx);
        const options = { kind, service: serviceOf(ctx) ?? '', attributes };
        const span = tracesOf(broker)?.below(meta.traceparent, `${prefix}${name}`, options);
        return span === undefined ? next.call(this, ctx) : withParent(ctx, span, () => next.call(this, ctx));
      };
    };
  return {
    name: 'ActionSpans',
    localAction: spanning('internal', '', (ctx) => ctx.service?.name),
    remoteAction: spanning('client', 'call ', (ctx) => ctx.options.parentCtx?.service?.name),
  };
}

/** Nested calls, and the events that the action appends, are below its span. */
function withParent(ctx: Context, span: TraceSpan, work: () => Promise<unknown>): Promise<unknown> {
  const { meta } = ctx as Context<unknown, RequestMeta>;
  // Moleculer copies the metadata back to the caller's context, whose next calls are below its own
  // span.
  const restored = async () => {
    try {
      return await work();
    } finally {
      ctx.meta = { ...ctx.meta, traceparent: meta.traceparent };
    }
  };
  ctx.meta = { ...meta, traceparent: span.traceparent };
  return ended(span, () => runInSpan(span, restored));
}

function addTraceMetrics(broker: ServiceBroker, exporter: OtlpExporter): void {
  metricsOf(broker).add({
    name: 'traces-spans',
    labels: ['reason'],
    metrics: {
      trace_spans_exported_total: { type: 'counter', help: 'Spans that the collector has taken' },
      trace_spans_dropped_total: {
        type: 'counter',
        help: 'Spans that were lost: the buffer was full (overflow), or the collector did not take them (refused)',
      },
    },
    read() {
      const { exported, overflowed, refused } = exporter.counts;
      return [
        { values: { trace_spans_exported_total: exported } },
        { labels: { reason: 'overflow' }, values: { trace_spans_dropped_total: overflowed } },
        { labels: { reason: 'refused' }, values: { trace_spans_dropped_total: refused } },
      ];
    },
  });
}
