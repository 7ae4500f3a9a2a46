/**
 * Jobs that redrive or discard all dead letters of a cause (FAIL-3). A job covers the dead letters
 * that are open when it is requested. Any node of the service does it, one at a time, and each dead
 * letter is settled in a transaction of its own. So a job goes on after a crash.
 */
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import type { Log } from '#mixins/log.ts';
import { Signal } from '#mixins/loops/signal.ts';
import { appendOperatorAction } from '#mixins/outbox/append.ts';
import { isUnavailable } from '#mixins/unavailable.middleware.ts';
import { Problem } from '#schemas/errors.ts';
import { findDeadLetter } from './dead-letters.store.ts';
import { type DeadLetterSource, discard, redrive } from './dead-letters.ts';
import {
  completeJob,
  countTurn,
  insertJob,
  type JobState,
  type LeasedJob,
  leaseJob,
  releaseJob,
  stopJob,
  takeTurn,
  type WantedJob,
} from './jobs.store.ts';

/**
 * How long a job waits after the death of its node, in milliseconds. It is longer than the time
 * limit of one dead letter.
 */
const LEASE_MS = 15_000;
/** Dead letters of one pass. */
const LETTERS_A_PASS = 50;
/**
 * A dead letter that was begun this often and never ended counts as failed: it ends the process.
 */
const MAX_TRIES = 3;
/**
 * A job is stopped when so many nodes have ended while they settled one of its dead letters. Two
 * dead letters that end the process show that its whole cause does. Each death interrupts all
 * services of the process.
 */
const MAX_DEATHS = 2 * MAX_TRIES;

/** Sent when a job was requested. */
export const jobRequested = new Signal();

const STEPS = { redriven: 'redrives-requested', discarded: 'discards-requested' } as const;

/** Puts a job into the queue. The operator action is logged, as is each settled dead letter. */
export function requestJob(
  database: Database,
  wanted: WantedJob,
  { cause, idempotency }: Pick<Request, 'cause' | 'idempotency'>,
): Promise<JobState> {
  return database.inTransaction((tx) =>
    withIdempotency(tx, idempotency, async () => {
      const job = await insertJob(tx, uuidv7(), wanted, cause);
      const { step, consumer, type, code, reason } = wanted;
      const detail = [`${job.total} of ${type || 'no type'} (${code})`, reason].filter(Boolean).join(': ');
      await appendOperatorAction(tx, { step: STEPS[step], target: consumer, detail }, cause);
      jobRequested.sendAfterCommit(tx);
      return job;
    }),
  );
}

/** One pass over the oldest job. Returns whether there was one. */
export async function runJobs(source: DeadLetterSource, log: Pick<Log, 'error'>): Promise<boolean> {
  const { database } = source;
  const job = await database.inTransaction((tx) => leaseJob(tx, LEASE_MS));
  if (job === undefined) return false;
  if (job.deaths >= MAX_DEATHS) {
    await database.inTransaction((tx) => stopJob(tx, job));
    log.error(
      `Job ${job.id} was stopped: nodes died ${job.deaths} times while they settled its dead letters`,
    );
    return true;
  }
  try {
    for (let turns = 0; turns < LETTERS_A_PASS; turns += 1) {
      if (!(await settleNext(source, job))) {
        await database.inTransaction((tx) => completeJob(tx, job));
        break;
      }
    }
  } finally {
    await database.inTransaction((tx) => releaseJob(tx, job));
  }
  return true;
}

/** Settles the next dead letter of a job. Returns whether there was one. */
async function settleNext(source: DeadLetterSource, job: LeasedJob): Promise<boolean> {
  const { database } = source;
  // Committed before the attempt: it shows after a crash which dead letter ended the process.
  const turn = await database.inTransaction((tx) => takeTurn(tx, job, LEASE_MS));
  if (turn === undefined) return false;
  const isDone = turn.tries <= MAX_TRIES && (await isSettled(source, job, turn.letterId));
  await database.inTransaction((tx) => countTurn(tx, job, isDone));
  return true;
}

/** Throws if the service cannot settle anything now. */
async function isSettled(source: DeadLetterSource, job: LeasedJob, letterId: string): Promise<boolean> {
  try {
    if (job.step === 'redriven') await redrive(source, letterId, job.cause);
    else await discard(source, letterId, job.cause, job.reason ?? '');
    return true;
  } catch (error) {
    if (isUnavailable(error)) throw error;
    // A node that died, or somebody else, may have settled it before.
    const letter =
      error instanceof Problem ? await findDeadLetter(source.database.newest, letterId) : undefined;
    return letter?.status === job.step;
  }
}
