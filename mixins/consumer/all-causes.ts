/**
 * Causes of dead letters of all services, and the jobs that settle all dead letters of a cause
 * (FAIL-3).
 */
import { encodeCursor, placeIn } from '#mixins/lists.ts';
import {
  type deadLetterCause,
  type deadLetterCausePage,
  type deadLetterJob,
  MAX_COUNT,
} from '#schemas/answers/dead-letter-cause.ts';
import type { AnswerOf } from '#schemas/answers.ts';
import { invalidField, isProblem, Problem } from '#schemas/errors.ts';
import type { DeadLetters } from './all-dead-letters.ts';
import type { Cause, CauseSummary } from './causes.store.ts';
import type { JobState } from './jobs.store.ts';

/** A cause in the list of all services. */
export type CauseItem = AnswerOf<typeof deadLetterCause>;
export type CausePage = AnswerOf<typeof deadLetterCausePage>;
type Job = AnswerOf<typeof deadLetterJob>;

const FIRST: Cause = { consumer: '', type: '', code: '' };
const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0');

/**
 * Lists causes by service, consumer, type and code. Throws `invalid_cursor`, or
 * `service_unavailable` when no service answers.
 */
export async function listAllCauses(
  letters: DeadLetters,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<CausePage> {
  const [first, consumer, type, code] =
    cursor === undefined ? ['', '', '', ''] : placeIn(cursor, isText, isText, isText, isText);
  const services = letters.services.filter((service) => service >= first).toSorted();
  const answers = await Promise.all(
    services.map(async (service) => {
      const after = service === first ? { consumer, type, code } : FIRST;
      // One more than requested shows whether there is a next page.
      const params = { after, most: MAX_COUNT + 1, limit: limit + 1 };
      const asked = letters.ask<CauseSummary[]>(service, 'deadLetters.causes', params);
      return { service, causes: await asked.catch(() => undefined) };
    }),
  );
  const missing = answers.flatMap(({ service, causes }) => (causes === undefined ? [service] : []));
  if (missing.length > 0 && missing.length === services.length) throw new Problem('service_unavailable');
  const found = answers.flatMap(({ service, causes = [] }) => causes.map((cause) => itemOf(service, cause)));
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit && last !== undefined;
  return {
    items,
    nextCursor: more ? encodeCursor([last.service, last.consumer, last.type ?? '', last.code]) : null,
    missing,
  };
}

function itemOf(service: string, { type, count, firstAt, lastAt, ...cause }: CauseSummary): CauseItem {
  return {
    service,
    ...cause,
    type: type === '' ? null : type,
    count: Math.min(count, MAX_COUNT),
    capped: count > MAX_COUNT,
    // Dates cross nodes as text.
    firstAt: new Date(firstAt).toISOString(),
    lastAt: new Date(lastAt).toISOString(),
  };
}

/** The dead letters of a cause, as clients name it. */
export interface NamedCause {
  readonly service: string;
  readonly consumer: string;
  readonly type?: string | null | undefined;
  readonly code: string;
}

/**
 * Requests a job that redrives, or with a reason discards, all dead letters of a cause. Throws
 * `validation_failed` for an unknown service, or the error of the service.
 */
export function settleCause(
  { services, ask }: DeadLetters,
  { service, consumer, type, code }: NamedCause,
  reason?: string,
): Promise<Job> {
  if (!services.includes(service)) {
    const message = `The 'service' must be one of ${services.join(', ')}.`;
    throw invalidField({ field: 'service', code: 'enum', message });
  }
  const cause: Cause = { consumer, type: type ?? '', code };
  return reason === undefined
    ? ask<JobState>(service, 'deadLetters.redriveAll', cause)
    : ask<JobState>(service, 'deadLetters.discardAll', { ...cause, reason });
}

/** Throws `not_found`, or the error of a service that may have it. */
export async function findAnyJob({ services, ask }: DeadLetters, id: string): Promise<Job> {
  try {
    return await Promise.any(services.map((service) => ask<JobState>(service, 'deadLetters.job', { id })));
  } catch (error) {
    const refusals = (error as AggregateError).errors as unknown[];
    throw refusals.find((refusal) => !isProblem(refusal, 'not_found')) ?? new Problem('not_found');
  }
}
