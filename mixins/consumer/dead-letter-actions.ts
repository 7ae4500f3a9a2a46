/**
 * The internal actions behind the routes of dead letters. One service has the routes and calls
 * these of every service. It passes on the admin's token, which is checked here.
 */
import type { Database } from '#mixins/database/database.ts';
import { adminAction } from '#mixins/identity/admin-action.ts';
import { causeOf, requestOf } from '#mixins/identity/request.ts';
import { isUnavailable } from '#mixins/unavailable.middleware.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import { DEFAULT_PAGE_SIZE, id, line, MAX_PAGE_SIZE, optional, whole } from '#schemas/params.ts';
import { messageOf } from '#schemas/text.ts';
import { type CauseSummary, listCauses } from './causes.store.ts';
import { findDeadLetter, listDeadLetters } from './dead-letters.store.ts';
import {
  type DeadLetter,
  type DeadLetterDetail,
  type DeadLetterSource,
  discard,
  redrive,
} from './dead-letters.ts';
import { findJob, type JobState } from './jobs.store.ts';
import { requestJob } from './jobs.ts';

/** The parts of a service that these actions use. */
export interface DeadLetterService {
  readonly database: Database;
  readonly deadLetterSource: DeadLetterSource;
}

/** One more than a page has: it shows whether there is a next page. */
const limit = { ...whole(1, MAX_PAGE_SIZE + 1), default: DEFAULT_PAGE_SIZE } as const;
/** Text as stored; a type is empty for messages without one. */
const stored = { type: 'string', max: 500 } as const;
export const CAUSE = { consumer: stored, type: stored, code: stored } as const;

export const LIST = {
  status: { type: 'enum', values: ['open', 'redriven', 'discarded'], optional: true },
  consumer: optional(stored),
  type: optional(stored),
  code: optional(stored),
  before: optional({ type: 'object', props: { at: { type: 'number', min: 0 }, id: id() } }),
  limit,
} as const;
export const CAUSES = {
  after: { type: 'object', props: CAUSE },
  most: whole(1, 100_000),
  limit,
} as const;
export const GET = { id: id() };
export const REDRIVE = { id: id() };
export const DISCARD = { id: id(), reason: line(1, 500) };
export const DISCARD_ALL = { ...CAUSE, reason: line(1, 500) } as const;

export const deadLetterActions = {
  'deadLetters.list': adminAction({
    params: LIST,
    handler(this: DeadLetterService, ctx): Promise<DeadLetter[]> {
      return listDeadLetters(this.database, ctx.params);
    },
  }),
  'deadLetters.get': adminAction({
    params: GET,
    handler(this: DeadLetterService, ctx): Promise<DeadLetterDetail> {
      return readDeadLetter(this.database, ctx.params.id);
    },
  }),
  'deadLetters.redrive': adminAction({
    params: REDRIVE,
    handler(this: DeadLetterService, ctx): Promise<DeadLetter> {
      return redriveDeadLetter(this.deadLetterSource, ctx.params.id, causeOf(ctx));
    },
  }),
  'deadLetters.discard': adminAction({
    params: DISCARD,
    handler(this: DeadLetterService, ctx): Promise<DeadLetter> {
      return discard(this.deadLetterSource, ctx.params.id, causeOf(ctx), ctx.params.reason);
    },
  }),
  'deadLetters.causes': adminAction({
    params: CAUSES,
    handler(this: DeadLetterService, ctx): Promise<CauseSummary[]> {
      const { after, most, limit } = ctx.params;
      return listCauses(this.database, after, most, limit);
    },
  }),
  'deadLetters.redriveAll': adminAction({
    params: CAUSE,
    handler(this: DeadLetterService, ctx): Promise<JobState> {
      return requestJob(this.database, { ...ctx.params, step: 'redriven', reason: null }, requestOf(ctx));
    },
  }),
  'deadLetters.discardAll': adminAction({
    params: DISCARD_ALL,
    handler(this: DeadLetterService, ctx): Promise<JobState> {
      return requestJob(this.database, { ...ctx.params, step: 'discarded' }, requestOf(ctx));
    },
  }),
  'deadLetters.job': adminAction({
    params: GET,
    handler(this: DeadLetterService, ctx): Promise<JobState> {
      return readJob(this.database, ctx.params.id);
    },
  }),
};

/** Throws `not_found`. */
export async function readJob(database: Database, jobId: string): Promise<JobState> {
  const job = await findJob(database.newest, jobId);
  if (job === undefined) throw new Problem('not_found');
  return job;
}

/** Throws `not_found`. */
export async function readDeadLetter(database: Database, letterId: string): Promise<DeadLetterDetail> {
  // On the primary: the caller may have settled it just now, or decides by its status whether to.
  const letter = await findDeadLetter(database.newest, letterId);
  if (letter === undefined) throw new Problem('not_found');
  return letter;
}

export async function redriveDeadLetter(
  source: DeadLetterSource,
  letterId: string,
  cause: Cause,
): Promise<DeadLetter> {
  try {
    return await redrive(source, letterId, cause);
  } catch (error) {
    if (error instanceof Problem || isUnavailable(error)) throw error;
    // The dead letter stays open and has the same text.
    throw new Problem('redrive_failed', messageOf(error));
  }
}
