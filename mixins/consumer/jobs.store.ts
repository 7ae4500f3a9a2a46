/** SQL of jobs that settle the dead letters of a cause. */
import type { Reader, Tx } from '#mixins/database/database.ts';
import type { Cause } from '#schemas/envelope.ts';
import type { Cause as CauseOfLetters } from './causes.store.ts';
import { AT, KIND } from './dead-letters.store.ts';

/** What is done to each dead letter of a cause. */
export interface WantedJob extends CauseOfLetters {
  readonly step: 'redriven' | 'discarded';
  /** Why they are discarded. Null for a redrive. */
  readonly reason: string | null;
}

/** How far a job is. */
export interface JobState {
  readonly id: string;
  /** `stopped`: its dead letters have ended too many nodes. */
  readonly status: 'running' | 'completed' | 'stopped';
  /** The open dead letters of the cause when the job was requested. */
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

/** A job that this node goes on with. */
export interface LeasedJob extends Pick<WantedJob, 'step' | 'reason'> {
  readonly id: string;
  readonly lease: string;
  /** How many nodes have ended while they settled one of its dead letters. */
  readonly deaths: number;
  /** Of the events: the admin who requested it, with the address of that request. */
  readonly cause: Cause;
}

/** The dead letter to settle, and how often that has begun, this time included. */
export interface Turn {
  readonly letterId: string;
  readonly tries: number;
}

const STATE = 'id, status, total, done, failed';
const OF_CAUSE = `status = 'open' AND consumer = $2::text AND ${KIND} = $3::text AND code = $4::text`;

export async function insertJob(tx: Tx, id: string, job: WantedJob, cause: Cause): Promise<JobState> {
  const [state] = await tx.rows<JobState>(
    `INSERT INTO dead_letter_job (id, consumer, type, code, step, reason, actor_id, actor_address, correlation_id, traceparent,
       requested_at, total)
     SELECT $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text, $10::text, clock_timestamp(), count(*)
     FROM dead_letter WHERE ${OF_CAUSE}
     RETURNING ${STATE}`,
    [
      id,
      job.consumer,
      job.type,
      job.code,
      job.step,
      job.reason,
      cause.actorId,
      cause.actorAddress,
      cause.correlationId,
      cause.traceparent,
    ],
  );
  if (state === undefined) throw new Error('A job was not inserted');
  return state;
}

export async function findJob(reader: Reader, id: string): Promise<JobState | undefined> {
  const [state] = await reader.rows<JobState>(`SELECT ${STATE} FROM dead_letter_job WHERE id = $1::uuid`, [
    id,
  ]);
  return state;
}

/**
 * Leases the oldest running job that no node goes on with. A lease that is over and was never
 * released shows that its node ended.
 */
export async function leaseJob(tx: Tx, leaseMs: number): Promise<LeasedJob | undefined> {
  const [job] = await tx.rows<LeasedJob>(
    `UPDATE dead_letter_job SET deaths = deaths + (lease IS NOT NULL AND trying IS NOT NULL)::int,
       lease = gen_random_uuid(), leased_until = clock_timestamp() + $1 * interval '1 millisecond'
     WHERE id = (
       SELECT id FROM dead_letter_job WHERE status = 'running' AND (leased_until IS NULL OR leased_until < clock_timestamp())
       ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED
     )
     RETURNING id, lease, deaths, step, reason,
       json_build_object('actorId', actor_id, 'actorAddress', actor_address, 'correlationId', correlation_id,
         'causationId', NULL, 'traceparent', traceparent) AS cause`,
    [leaseMs],
  );
  return job;
}

/**
 * Ends the lease, so that the job can go on at once. The process has survived, so an attempt that
 * could not end does not count.
 */
export async function releaseJob(tx: Tx, { id, lease }: LeasedJob): Promise<void> {
  await tx.run(
    `UPDATE dead_letter_job SET lease = NULL, leased_until = NULL, tries = greatest(tries - 1, 0)
     WHERE id = $1::uuid AND lease = $2::uuid`,
    [id, lease],
  );
}

/**
 * Counts the dead letter that was tried, and moves the job past it. Does nothing without the lease.
 */
export async function countTurn(tx: Tx, { id, lease }: LeasedJob, isDone: boolean): Promise<void> {
  await tx.run(
    `UPDATE dead_letter_job SET done = done + $3::int, failed = failed + 1 - $3::int, trying = NULL, tries = 0, after_id = trying,
       after_at = coalesce((SELECT ${AT} FROM dead_letter WHERE dead_letter.id = trying), after_at)
     WHERE id = $1::uuid AND lease = $2::uuid AND trying IS NOT NULL`,
    [id, lease, isDone ? 1 : 0],
  );
}

/**
 * Takes the dead letter that was being tried when a node died, else the next one in order of time,
 * and renews the lease. Undefined if none is left, or the lease is over.
 */
export async function takeTurn(tx: Tx, { id, lease }: LeasedJob, leaseMs: number): Promise<Turn | undefined> {
  const [turn] = await tx.rows<Turn>(
    `UPDATE dead_letter_job AS job SET trying = next.id, tries = tries + 1,
       leased_until = clock_timestamp() + $3 * interval '1 millisecond'
     FROM (
       SELECT coalesce(trying, letter.id) AS id FROM dead_letter_job AS own
       LEFT JOIN LATERAL (
         SELECT dead_letter.id FROM dead_letter
         WHERE own.trying IS NULL AND dead_letter.status = 'open' AND dead_letter.consumer = own.consumer AND coalesce(dead_letter.type, '') = own.type
           AND dead_letter.code = own.code AND (${AT}, dead_letter.id) > (own.after_at, own.after_id) AND set_aside_at <= own.requested_at
         ORDER BY ${AT}, dead_letter.id LIMIT 1
       ) AS letter ON true
       WHERE own.id = $1::uuid
     ) AS next
     WHERE job.id = $1::uuid AND lease = $2::uuid AND status = 'running' AND next.id IS NOT NULL
     RETURNING trying AS "letterId", tries`,
    [id, lease, leaseMs],
  );
  return turn;
}

/** Its dead letters stay as they are. Does nothing without the lease. */
export async function stopJob(tx: Tx, { id, lease }: LeasedJob): Promise<void> {
  await tx.run(
    `UPDATE dead_letter_job SET status = 'stopped', lease = NULL, leased_until = NULL
     WHERE id = $1::uuid AND lease = $2::uuid AND status = 'running'`,
    [id, lease],
  );
}

/** Does nothing without the lease. */
export async function completeJob(tx: Tx, { id, lease }: LeasedJob): Promise<void> {
  await tx.run(
    `UPDATE dead_letter_job SET status = 'completed', completed_at = clock_timestamp(), lease = NULL, leased_until = NULL
     WHERE id = $1::uuid AND lease = $2::uuid AND status = 'running'`,
    [id, lease],
  );
}
