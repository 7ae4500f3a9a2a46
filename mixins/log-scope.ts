/** What the running code serves, so that each line that it logs has the ids. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Envelope } from '#schemas/envelope.ts';

/** The fields of a line of the log. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The most events of a batch that a line names. */
const MAX_EVENTS = 10;

const scopes = new AsyncLocalStorage<() => LogFields>();

/** The ids for a line; undefined for what a service does by itself. */
export function currentIds(): LogFields | undefined {
  return scopes.getStore()?.();
}

/** Runs `work`, and whatever it awaits, for a request. A nested call belongs to its request. */
export function logRequest<Result>(requestId: string | undefined, work: () => Result): Result {
  if (requestId === undefined || scopes.getStore() !== undefined) return work();
  return scopes.run(() => ({ requestId, correlationId: requestId }), work);
}

/**
 * Runs `work` for these events. Their ids are read only when something is logged: most batches log
 * nothing.
 */
export function logEvents<Result>(
  events: () => readonly Pick<Envelope, 'id' | 'correlationId'>[],
  work: () => Result,
): Result {
  return scopes.run(() => idsOf(events()), work);
}

/** Runs `work` outside of any request, for what outlives the request that began it. */
export function logAlone<Result>(work: () => Result): Result {
  return scopes.exit(work);
}

function idsOf(events: readonly Pick<Envelope, 'id' | 'correlationId'>[]): LogFields {
  const [first, second] = events;
  if (first === undefined) return {};
  if (second === undefined) return { eventId: first.id, correlationId: first.correlationId };
  const named = events.slice(0, MAX_EVENTS);
  return {
    correlationIds: [...new Set(named.map(({ correlationId }) => correlationId))],
    events: events.length,
  };
}
