/** Decides which requests are recorded, and under which trace id (ADR 42). Pure. */
import type { TraceContext } from '#schemas/traceparent.ts';

export interface Sampler {
  /** The share of new traces that are recorded, 0..1. */
  readonly ratio: number;
  /** Whether the decision of a trusted parent is followed. */
  readonly isParentBased: boolean;
}

/** A request, at its arrival. */
export interface Arrived {
  /** What its header says; null without a well-formed one. */
  readonly parent: TraceContext | null;
  /** Whether the header comes from a trusted proxy. */
  readonly isTrusted: boolean;
}

/**
 * Whether a request is recorded. `draw` is a random number, 0 ≤ draw < 1. A stranger's header has
 * no influence: neither its flag nor its trace id may force load.
 */
export function decide(sampler: Sampler, { parent, isTrusted }: Arrived, draw: number): boolean {
  if (parent === null || !isTrusted) return draw < sampler.ratio;
  if (sampler.isParentBased) return parent.isSampled;
  return shareOf(parent.traceId) < sampler.ratio;
}

/**
 * The last 14 digits of a trace id are random in each version of the specification. A number of
 * JavaScript is exact with 13 of them.
 */
const RANDOM = /([0-9a-f]{13})[0-9a-f]$/;
const END = 16 ** 13;

/** A trace id as a number, 0 ≤ share < 1: all systems decide the same about one trace. */
function shareOf(traceId: string): number {
  return Number.parseInt(RANDOM.exec(traceId)?.[1] ?? '', 16) / END;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ZERO = /^0*$/;

/**
 * The trace id of a request without a parent: the request's id without its dashes, so that each
 * leads to the other. Null where the client gave the request an id that is no UUID.
 */
export function traceIdOf(requestId: string): string | null {
  if (!UUID.test(requestId)) return null;
  const digits = requestId.replaceAll('-', '').toLowerCase();
  return ZERO.test(digits) ? null : digits;
}
