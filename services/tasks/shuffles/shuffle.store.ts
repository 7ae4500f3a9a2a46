/** SQL of shuffles and their chunks. */
import type { Reader, Tx } from '#mixins/database/database.ts';
import { notDeadLettered } from '#mixins/loops/item-dead-letters.ts';
import type { Cause } from '#schemas/envelope.ts';
import { type Chunk, type PressedShuffle, SHUFFLES, type ShuffleView } from './shuffle.ts';

/** A shuffle as its runner sees it. */
export interface RunningShuffle {
  readonly id: string;
  readonly requestedById: string;
  readonly actorAddress: string | null;
  readonly correlationId: string;
  readonly traceparent: string | null;
  /** The position of the last task that was open when the button was pressed. */
  readonly lastPosition: number;
  /** The position up to which it has drawn. */
  readonly drawnPosition: number;
  readonly chunks: number;
  readonly done: number;
}

/** The events of a shuffle are caused by who pressed the button, from where they did. */
export function causeOfShuffle(shuffle: RunningShuffle): Cause {
  return {
    actorId: shuffle.requestedById,
    actorAddress: shuffle.actorAddress,
    correlationId: shuffle.correlationId,
    causationId: null,
    traceparent: shuffle.traceparent,
  };
}

/**
 * Fixes the shuffle's upper bound: every task that is open and committed now stands at or below it. (One whose creation is just being
 * committed may stand below it too, and is then drawn as well.)
 */
export async function insertShuffle(tx: Tx, id: string, cause: Cause): Promise<PressedShuffle> {
  const [shuffle] = await tx.rows<PressedShuffle>(
    `INSERT INTO shuffle (id, requested_by_id, actor_address, correlation_id, traceparent, requested_at, last_position, total)
     SELECT $1::uuid, $2::text, $3::text, $4::text, $5::text, clock_timestamp(), coalesce(max(position), 0), count(*)
     FROM task WHERE status = 'open'
     RETURNING id, status, total, done, requested_by_id AS "requestedById", requested_at AS "requestedAt"`,
    [id, cause.actorId, cause.actorAddress, cause.correlationId, cause.traceparent],
  );
  if (shuffle === undefined) throw new Error('A shuffle was not inserted');
  return shuffle;
}

export async function findShuffle(reader: Reader, id: string): Promise<ShuffleView | undefined> {
  const [shuffle] = await reader.rows<ShuffleView>(
    'SELECT id, status, total, done FROM shuffle WHERE id = $1::uuid',
    [id],
  );
  return shuffle;
}

/** A shuffle as operators see it. */
export interface ListedShuffle extends ShuffleView {
  /** A user's id, or `operator:<user>@<host>`. */
  readonly requestedById: string;
  readonly requestedAt: Date;
  readonly completedAt: Date | null;
}

/** The newest first. */
export function listShuffles(reader: Reader, limit: number): Promise<ListedShuffle[]> {
  return reader.rows<ListedShuffle>(
    `SELECT id, status, total, done, requested_by_id AS "requestedById", requested_at AS "requestedAt",
       completed_at AS "completedAt"
     FROM shuffle ORDER BY number DESC LIMIT $1::int`,
    [limit],
  );
}

/**
 * Whether this transaction is now the one runner of the system, until it ends. Its statements go by indexes whatever the statistics say: those
 * of a table that has just grown made the planner read and sort all that was left for every chunk (measured: 850 tasks/s, not 15,000).
 */
export async function tryLockRunner(tx: Tx): Promise<boolean> {
  const [answer] = await tx.rows<{ locked: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('tasks.shuffle', 0)) AS locked,
       set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true),
       set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`,
  );
  return answer?.locked === true;
}

const RUNNING = `SELECT id, requested_by_id AS "requestedById", actor_address AS "actorAddress",
    correlation_id AS "correlationId", traceparent, last_position AS "lastPosition",
    drawn_position AS "drawnPosition", chunks, done
  FROM shuffle WHERE status = 'running'`;

/** The shuffle whose turn it is: the one that has begun, else the first in the queue. */
export async function nextShuffle(tx: Tx): Promise<RunningShuffle | undefined> {
  const sql = `${RUNNING} AND ${notDeadLettered(SHUFFLES, 'shuffle.id::text')} ORDER BY chunks = 0, number LIMIT 1`;
  const [shuffle] = await tx.rows<RunningShuffle>(sql);
  return shuffle;
}

/** A shuffle that is not completed; undefined where it is, or never was. */
export async function findRunning(tx: Tx, id: string): Promise<RunningShuffle | undefined> {
  const [shuffle] = await tx.rows<RunningShuffle>(`${RUNNING} AND id = $1::uuid FOR UPDATE`, [id]);
  return shuffle;
}

/** Moves a shuffle's cursor behind a task that it can't draw. */
export async function skipPosition(tx: Tx, shuffleId: string, position: number): Promise<void> {
  await tx.run(
    'UPDATE shuffle SET drawn_position = $2::bigint WHERE id = $1::uuid AND drawn_position < $2::bigint',
    [shuffleId, position],
  );
}

/** A shuffle of the one task at a position, caused by whoever caused another one. Undefined where there is no such other one. */
export async function insertShuffleOfOne(
  tx: Tx,
  id: string,
  likeId: string,
  position: number,
): Promise<PressedShuffle | undefined> {
  const [shuffle] = await tx.rows<PressedShuffle>(
    `INSERT INTO shuffle (id, requested_by_id, actor_address, correlation_id, traceparent, requested_at, last_position,
       drawn_position, total)
     SELECT $1::uuid, requested_by_id, actor_address, correlation_id, traceparent, clock_timestamp(), $3::bigint, $3::bigint - 1, 1
     FROM shuffle WHERE id = $2::uuid
     RETURNING id, status, total, done, requested_by_id AS "requestedById", requested_at AS "requestedAt"`,
    [id, likeId, position],
  );
  return shuffle;
}

export interface DrawnChunk extends Chunk {
  readonly firstPosition: number;
  readonly lastPosition: number;
  readonly drawnAt: Date;
}

/** Records a chunk and moves the shuffle's cursor behind it. */
export async function recordChunk(tx: Tx, shuffle: RunningShuffle, chunk: DrawnChunk): Promise<void> {
  const { populationVersion, firstPosition, lastPosition, drawn, drawnAt } = chunk;
  const seed = Buffer.from(chunk.seed).toString('hex');
  await tx.run(
    `WITH recorded AS (
       INSERT INTO shuffle_chunk
         (shuffle_id, number, seed, population_version, first_position, last_position, drawn, drawn_at)
       VALUES ($1::uuid, $2::integer, decode($3, 'hex'), $4::bigint, $5::bigint, $6::bigint, $7::integer, $8::timestamptz)
     )
     UPDATE shuffle SET chunks = $2::integer, drawn_position = $6::bigint, done = done + $7::integer,
       total = greatest(total, done + $7::integer)
     WHERE id = $1::uuid`,
    [shuffle.id, shuffle.chunks + 1, seed, populationVersion, firstPosition, lastPosition, drawn, drawnAt],
  );
}

export type RecordedChunk = Chunk & { readonly number: number; readonly populationSize: number };

/** What was recorded of a shuffle's chunks after one, in their order. */
export async function findChunks(
  reader: Reader,
  shuffleId: string,
  after: number,
  limit: number,
): Promise<RecordedChunk[]> {
  return reader.rows<RecordedChunk>(
    `SELECT number, seed, population_version AS "populationVersion", size AS "populationSize", drawn
     FROM shuffle_chunk JOIN population ON version = population_version
     WHERE shuffle_id = $1::uuid AND number > $2::integer ORDER BY number LIMIT $3::integer`,
    [shuffleId, after, limit],
  );
}

/** Returns when it was completed. */
export async function markCompleted(tx: Tx, shuffleId: string): Promise<Date> {
  const [row] = await tx.rows<{ completedAt: Date }>(
    `UPDATE shuffle SET status = 'completed', completed_at = clock_timestamp()
     WHERE id = $1::uuid RETURNING completed_at AS "completedAt"`,
    [shuffleId],
  );
  if (row === undefined) throw new Error(`There is no shuffle ${shuffleId}`);
  return row.completedAt;
}
