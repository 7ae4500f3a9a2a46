/**
 * How work is repeated that failed: together for a while, or one event alone. A lone attempt is
 * counted (table `attempt`) before it is made, so that an event that kills the process is
 * recognised after the restart.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { backOff } from '#mixins/back-off.ts';
import type { Tx } from '#mixins/database/database.ts';
import { isRetryable, isUniqueViolation } from '#mixins/database/errors.ts';
import { messageOf } from '#schemas/text.ts';
import type { ConsumerContext } from './context.ts';

/** First and longest pause between two attempts of a node, in milliseconds. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
/** A database that does not answer for this long counts as away, in milliseconds. */
const PROBE_WITHIN_MS = 2_000;

/** Repetition did not help in time: messages that are not settled go back to the broker. */
export class GiveBack extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = 'GiveBack';
  }
}

/** The consumer stops until an operator resumes it: the cause is a bug, not a bad event. */
export class ConsumerStopped extends Error {
  override readonly name = 'ConsumerStopped';
}

/** A transaction took longer than a batch may. */
class DeadlineExceeded extends Error {
  constructor(milliseconds: number) {
    super(`The transaction took longer than ${milliseconds} ms`);
    this.name = 'DeadlineExceeded';
  }
}

/** Every lone attempt at an event, or at a loop's item, ended with the process. */
export class KillsProcess extends Error {
  readonly code = 'kills_process';

  constructor(attempts: number) {
    super(`The process died in each of ${attempts} attempts at this alone`);
    this.name = 'KillsProcess';
  }
}

/**
 * Repeats `work` until it succeeds. Throws `GiveBack` when an error that may pass lasts too long,
 * or when the consumer must end. Throws every other error of `work` at once. A unique violation is
 * mostly an overlap with a redelivery, which a repetition settles; one that lasts is a bug and is
 * thrown.
 */
export async function retrying<Result>(
  context: ConsumerContext,
  work: () => Promise<Result>,
  maxUniqueViolations = context.settings.maxUniqueViolations,
): Promise<Result> {
  const giveUpAt = Date.now() + context.settings.retryForMs;
  let uniqueViolations = 0;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ConsumerStopped || !mayPass(error)) throw error;
      if (isUniqueViolation(error)) {
        uniqueViolations += 1;
        if (uniqueViolations > maxUniqueViolations) throw error;
      }
      const wait = pauseMs(tries) * (0.5 + Math.random() / 2);
      if (context.ending.aborted || Date.now() + wait > giveUpAt) throw new GiveBack(error);
      context.counters.retries += 1;
      context.logger.debug(`${context.name}: try ${tries} failed, again in ${Math.round(wait)} ms`, error);
      await delay(wait, undefined, { signal: context.ending }).catch(() => {});
    }
  }
}

/** The pause after so many failures in a row. */
export function pauseMs(failures: number): number {
  return backOff(failures, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
}

/**
 * Whether a repetition may succeed: the database is away or busy, or the deadline was too short
 * this time.
 */
export function mayPass(error: unknown): boolean {
  return error instanceof DeadlineExceeded || isRetryable(error);
}

/** Whether a transaction succeeds within `PROBE_WITHIN_MS`. Never throws. */
export async function isDatabaseThere(context: Pick<ConsumerContext, 'database'>): Promise<boolean> {
  try {
    await within(
      PROBE_WITHIN_MS,
      context.database.inTransaction((tx) => tx.rows('SELECT 1')),
    );
    return true;
  } catch {
    return false;
  }
}

/** Rejects with `DeadlineExceeded` when `work` has not ended after so many milliseconds. */
export async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineExceeded(milliseconds)), milliseconds).unref();
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Counts an attempt before it is made. Returns how many earlier attempts left no trace of an end.
 * `survived` of them failed without killing the process; they are subtracted first.
 */
export async function countAttempt(
  tx: Tx,
  consumer: string,
  eventKey: string,
  survived: number,
): Promise<number> {
  const [row] = await tx.rows<{ attempts: number }>(
    `INSERT INTO attempt (consumer, event_key, attempts) VALUES ($1, $2, 1)
     ON CONFLICT (consumer, event_key)
       DO UPDATE SET attempts = greatest(attempt.attempts - $3::integer, 0) + 1, last_at = clock_timestamp()
     RETURNING attempts`,
    [consumer, eventKey, survived],
  );
  return (row?.attempts ?? 1) - 1;
}

/** Subtracts an attempt that failed without killing the process. */
export async function takeBackAttempt(tx: Tx, consumer: string, eventKey: string): Promise<void> {
  await tx.run(
    'UPDATE attempt SET attempts = greatest(attempts - 1, 0) WHERE consumer = $1 AND event_key = $2',
    [consumer, eventKey],
  );
}

/** Deletes the counter: the event was handled or dead-lettered. */
export async function forgetAttempts(tx: Tx, consumer: string, eventKey: string): Promise<void> {
  await tx.run('DELETE FROM attempt WHERE consumer = $1 AND event_key = $2', [consumer, eventKey]);
}
