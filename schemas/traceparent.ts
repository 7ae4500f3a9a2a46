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

/** Only versions after 00 may have more fields behind these. Version `ff` is invalid. */
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:$|(?<!^00.{53})-)/;
const SAMPLED = 1;

/** Whether a text is a well-formed `traceparent` of any version. */
export function isTraceparent(text: string): boolean {
  return TRACEPARENT.test(text);
}

/** The parts of a well-formed `traceparent`; null for any other text. */
export function readTraceparent(text: string | null | undefined): TraceContext | null {
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(text ?? '') ?? [];
  if (traceId === '') return null;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0 };
}

/** Whether a text is the `traceparent` of a trace that is recorded. */
export function isRecorded(text: string | null | undefined): boolean {
  return readTraceparent(text)?.isSampled === true;
}

/** In version 00, whatever the version was in which it came, as the specification requires. */
export function toTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}
