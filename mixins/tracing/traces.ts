/**
 * The traces of a node, and their spans. Spans exist only where a trace is recorded: everything
 * else has no cost (ADR 42).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';
import type { ServiceBroker, Span, Tracer } from 'moleculer';
import { readTraceparent, type TraceContext, toTraceparent } from '#schemas/traceparent.ts';

/** What a span is to the spans above and below it, in OpenTelemetry's terms. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/**
 * Never a secret, a person's data or a text of a client. Values may have many values, names must
 * not.
 */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  readonly kind: SpanKind;
  /** The service whose work it is. */
  readonly service: string;
  /** Its id where it must be known in advance, 16 hex digits. Default: a random one. */
  readonly spanId?: string;
  readonly attributes?: Attributes;
}

/** Bytes of the ids of spans and traces. */
const SPAN_ID_BYTES = 8;
const TRACE_ID_BYTES = 16;

/** Random bytes are drawn for many ids at once: a draw for each takes 6 µs (measured). */
const drawn = Buffer.alloc(4_096);
let used = drawn.length;

function randomHex(bytes: number): string {
  if (used + bytes > drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += bytes;
  return drawn.toString('hex', used - bytes, used);
}

export function newTraceId(): string {
  return randomHex(TRACE_ID_BYTES);
}

/** A span that has begun. It is exported when it ends. */
export class TraceSpan {
  readonly #span: Span;
  readonly #service: string;
  readonly #traces: Traces;
  /** For what it causes. */
  readonly traceparent: string;

  constructor(traces: Traces, span: Span, service: string) {
    this.#traces = traces;
    this.#span = span;
    this.#service = service;
    this.traceparent = toTraceparent({ traceId: span.traceID, spanId: span.id, isSampled: true });
  }

  rename(name: string): void {
    this.#span.name = name;
  }

  add(attributes: Attributes): void {
    this.#span.addTags(attributes);
  }

  /**
   * With an error if the work failed: only its `type`, `code` or `name` is exported, because its
   * message may hold data. An HTTP status below 500 as `code` makes it an answer, not a failure.
   */
  end(error?: object): void {
    if (error !== undefined) this.#span.setError(error as Error);
    this.#span.finish();
  }

  /** A span of the same service below this one. */
  child(name: string, kind: SpanKind, attributes?: Attributes): TraceSpan | undefined {
    const options = { kind, service: this.#service };
    return this.#traces.below(
      this.traceparent,
      name,
      attributes === undefined ? options : { ...options, attributes },
    );
  }
}

/** Makes the spans of a node, by Moleculer's tracer. */
export class Traces {
  readonly #tracer: Tracer;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /**
   * A span below the span that a `traceparent` names; undefined where that is not recorded, or
   * where there is none. `name` must have few values: clients cannot choose it.
   */
  below(traceparent: string | null | undefined, name: string, options: SpanOptions): TraceSpan | undefined {
    const parent = readTraceparent(traceparent);
    return parent?.isSampled ? this.begin(parent, name, options) : undefined;
  }

  /** A span of a trace that is recorded; without a parent, its first one. */
  begin(
    { traceId, spanId: parentId }: Pick<TraceContext, 'traceId'> & { readonly spanId: string | null },
    name: string,
    { kind, service, spanId, attributes }: SpanOptions,
  ): TraceSpan {
    const span = this.#tracer.startSpan(name, {
      type: kind,
      id: spanId ?? randomHex(SPAN_ID_BYTES),
      traceID: traceId,
      parentID: parentId,
      sampled: true,
      service,
      tags: { ...attributes },
    });
    return new TraceSpan(this, span, service);
  }
}

const known = new WeakMap<ServiceBroker, Traces>();

export function setTraces(broker: ServiceBroker, traces: Traces): void {
  known.set(broker, traces);
}

/** The traces of a node; undefined where they are off. */
export function tracesOf(broker: ServiceBroker): Traces | undefined {
  return known.get(broker);
}

const current = new AsyncLocalStorage<TraceSpan>();

/** Runs `work`, and whatever it awaits, as a part of a span. */
export function runInSpan<Result>(span: TraceSpan, work: () => Result): Result {
  return current.run(span, work);
}

/** Runs `work` outside of any span, for what outlives the one that began it. */
export function runOutOfSpan<Result>(work: () => Result): Result {
  return current.getStore() === undefined ? work() : current.exit(work);
}

/** Runs `work` in a span below the running one. Where none runs, it costs nothing. */
export function traced<Result>(
  name: string,
  kind: SpanKind,
  attributes: Attributes,
  work: () => Promise<Result>,
): Promise<Result> {
  const span = current.getStore()?.child(name, kind, attributes);
  return span === undefined ? work() : ended(span, () => runInSpan(span, work));
}

/** Runs `work`, and ends the span with it. */
export async function ended<Result>(span: TraceSpan, work: () => Promise<Result>): Promise<Result> {
  try {
    const result = await work();
    span.end();
    return result;
  } catch (error) {
    span.end(error as object);
    throw error;
  }
}
