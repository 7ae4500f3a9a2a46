/** W3C Trace Context: the header `traceparent`. Pure. */

/** A span, as the spans below it see it. */
export interface TraceContext {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hex digits, not all zero. */
  readonly spanId: string;
  /** Whether the trace is recorded. */
  readonly isSampled: boolean;
}

const IDS = '(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}';
/** Later versions may have more fields behind these. Version `ff` is invalid. */
const TRACEPARENT = new RegExp(`^(?:00-${IDS}$|(?!00|ff)[0-9a-f]{2}-${IDS}(?:-|$))`);
/** Positions of the fields. */
const TRACE_ID = 3;
const SPAN_ID = 36;
const FLAGS = 53;
const END = 55;
const SAMPLED = 1;

/** Whether a text is a well-formed `traceparent` of any version. */
export function isTraceparent(text: string): boolean {
  return TRACEPARENT.test(text);
}

/** The parts of a well-formed `traceparent`; null for any other text. */
export function readTraceparent(text: string | null | undefined): TraceContext | null {
  if (typeof text !== 'string' || !TRACEPARENT.test(text)) return null;
  return {
    traceId: text.slice(TRACE_ID, SPAN_ID - 1),
    spanId: text.slice(SPAN_ID, FLAGS - 1),
    isSampled: (Number.parseInt(text.slice(FLAGS, END), 16) & SAMPLED) !== 0,
  };
}

/** Whether a text is the `traceparent` of a trace that is recorded. */
export function isRecorded(text: string | null | undefined): boolean {
  return readTraceparent(text)?.isSampled === true;
}

/** In version 00, whatever the version was in which it came, as the specification requires. */
export function toTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}
