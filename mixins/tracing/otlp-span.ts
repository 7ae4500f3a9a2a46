/** Moleculer's spans as OpenTelemetry's exporter takes them. Pure. */
import type { HrTime, SpanContext } from '@opentelemetry/api';
import type { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { Span } from 'moleculer';
import type { SpanKind } from './traces.ts';

export type OtlpSpan = Parameters<OTLPTraceExporter['export']>[0][number];
export type OtlpResource = OtlpSpan['resource'];

/**
 * The numbers of `SpanKind` and `SpanStatusCode` of OpenTelemetry, whose code is not loaded here.
 */
const KINDS: Readonly<Record<SpanKind, number>> = {
  internal: 0,
  server: 1,
  client: 2,
  producer: 3,
  consumer: 4,
};
const STATUS_UNSET = 0;
const STATUS_ERROR = 2;
const SAMPLED = 1;
/** Errors below this HTTP status are answers, such as "not found", and no failures. */
const FIRST_FAILURE = 500;
/** Names of errors are short. Anything else is not one. */
const ERROR_NAME = /^[\w.-]{1,100}$/;

const SCOPE = { name: 'moleculer' };

export function otlpSpan(span: Span, resource: OtlpResource): OtlpSpan {
  const { name, traceID: traceId, parentID, error, tags } = span;
  const contextOf = (spanId: string): SpanContext => ({ traceId, spanId, traceFlags: SAMPLED });
  const startMs = span.startTime ?? 0;
  const durationMs = Math.max(0, span.duration ?? 0);
  return {
    name,
    kind: KINDS[span.type as SpanKind],
    spanContext: () => contextOf(span.id),
    ...(parentID === null ? {} : { parentSpanContext: contextOf(parentID) }),
    startTime: hrTimeOf(startMs),
    endTime: hrTimeOf(startMs + durationMs),
    duration: hrTimeOf(durationMs),
    ended: true,
    status: { code: isFailure(error) ? STATUS_ERROR : STATUS_UNSET },
    attributes: error === null ? tags : { ...tags, 'error.type': nameOfError(error) },
    links: [],
    events: [],
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Seconds and nanoseconds. */
function hrTimeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
}

function isFailure(error: unknown): boolean {
  if (error === null) return false;
  const { code, type } = error as Readonly<Record<string, unknown>>;
  // As problems have them. Errors of libraries have codes of other kinds.
  const isAnswer = typeof type === 'string' && typeof code === 'number' && code < FIRST_FAILURE;
  return !isAnswer;
}

/**
 * The type of a problem, the code of a system's or driver's error, or its class; never its text.
 */
function nameOfError(error: unknown): string {
  const { type, code, name } = error as Readonly<Record<string, unknown>>;
  const names = [type, code, name].filter((each) => typeof each === 'string' && ERROR_NAME.test(each));
  return (names[0] as string | undefined) ?? 'other';
}
