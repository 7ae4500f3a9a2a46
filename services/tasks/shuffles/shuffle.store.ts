/** SQL of shuffles and their chunks. */
import { prepared, type Reader, type Tx } from '#mixins/database/database.ts';
import { notDeadLettered } from '#mixins/loops/item-dead-letters.ts';
import type { Cause } from '#schemas/envelope.ts';
import { type Chunk, SHUFFLES, type StoredShuffle } from './shuffle.ts';

/** A running shuffle, for its runner. */
export interface RunningShuffle {
  readonly id: string;
  readonly requestedById: string;
  /** Of its events: the user who pressed the button, with the address of that request. */
  readonly cause: Cause;
  /** The position of the last open task when the button was pressed. */
  readonly lastPosition: number;
  /** The position up to which tasks are drawn. */
  readonly drawnPosition: number;
  readonly chunks: number;
  readonly done: number;
}

/** A row of them is a `StoredShuffle`. */
const COLUMNS = `id, number, status, total, done, requested_by_id AS "requestedById", requested_at AS "requestedAt",
  completed_at AS "completedAt",
  (SELECT name FROM user_copy
   WHERE user_copy.id = CASE WHEN requested_by_id NOT LIKE 'operator:%' THEN requested_by_id::uuid END) AS "requesterIs"`;

/**
 * Fixes the shuffle's upper bound: it covers every task that is open and committed now. It may also
 * cover a task whose creation is just being committed, which is then drawn as well.
 */
export async function insertShuffle(tx: Tx, id: string, cause: Cause): Promise<StoredShuffle> {
  const [shuffle] = await tx.rows<StoredShuffle>(
    `INSERT INTO shuffle (id, requested_by_id, actor_address, correlation_id, traceparent, requested_at, last_position, total)
     SELECT $1::uuid, $2::text, $3::text, $4::text, $5::text, clock_timestamp(), coalesce(max(position), 0), count(*)
     FROM task WHERE status = 'open'
     RETURNING ${COLUMNS}`,
    [id, cause.actorId, cause.actorAddress, cause.correlationId, cause.traceparent],
  );
  if (shuffle === undefined) throw new Error('A shuffle was not inserted');
  return shuffle;
}

export async function findShuffle(reader: Reader, id: string): Promise<StoredShuffle | undefined> {
  const [shuffle] = await reader.rows<StoredShuffle>(`SELECT ${COLUMNS} FROM shuffle WHERE id = $1::uuid`, [
    id,
  ]);
  return shuffle;
}

/** Newest first. `before`: only shuffles with a lower number. */
export function listShuffles(
  reader: Reader,
  limit: number,
  before = Number.MAX_SAFE_INTEGER,
): Promise<StoredShuffle[]> {
  return reader.rows<StoredShuffle>(
    `SELECT ${COLUMNS} FROM shuffle WHERE number < $2::bigint ORDER BY number DESC LIMIT $1::int`,
    [limit, before],
  );
}

/**
 * Whether this transaction is now the only runner, until it ends. Its statements must use indexes.
 * With the statistics of a table that has just grown, the planner read and sorted all remaining
 * tasks for every chunk (measured: 850 tasks/s instead of 15,000).
 */
export async function tryLockRunner(tx: Tx): Promise<boolean> {
  const [answer] = await tx.rows<{ locked: boolean }>(
    prepared(`SELECT pg_try_advisory_xact_lock(hashtextextended('tasks.shuffle', 0)) AS locked,
       set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true),
       set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`),
  );
  return answer?.locked === true;
}

const RUNNING = `SELECT id, requested_by_id AS "requestedById",
    json_build_object('actorId', requested_by_id, 'actorAddress', actor_address, 'correlationId', correlation_id,
      'causationId', NULL, 'traceparent', traceparent) AS cause,
    last_position AS "lastPosition", drawn_position AS "drawnPosition", chunks, done
  FROM shuffle WHERE status = 'running'`;

/** The next shuffle: the one that has begun, otherwise the first in the queue. */
export async function nextShuffle(tx: Tx): Promise<RunningShuffle | undefined> {
  const sql = `${RUNNING} AND ${notDeadLettered(SHUFFLES, 'shuffle.id::text')} ORDER BY chunks = 0, number LIMIT 1`;
  const [shuffle] = await tx.rows<RunningShuffle>(prepared(sql));
  return shuffle;
}

/** A shuffle that is not completed; undefined if it is completed or does not exist. */
export async function findRunning(tx: Tx, id: string): Promise<RunningShuffle | undefined> {
  const [shuffle] = await tx.rows<RunningShuffle>(`${RUNNING} AND id = $1::uuid FOR UPDATE`, [id]);
  return shuffle;
}

/** Moves a shuffle's cursor past a task that it cannot draw. */
export async function skipPosition(tx: Tx, shuffleId: string, position: number): Promise<void> {
  await tx.run(
    'UPDATE shuffle SET drawn_position = $2::bigint WHERE id = $1::uuid AND drawn_position < $2::bigint',
    [shuffleId, position],
  );
}

/**
 * Inserts a shuffle of the one task at a position, with the cause of another shuffle. Undefined if
 * that other one does not exist.
 */
export async function insertShuffleOfOne(
  tx: Tx,
  id: string,
  likeId: string,
  position: number,
): Promise<StoredShuffle | undefined> {
  const [shuffle] = await tx.rows<StoredShuffle>(
    `INSERT INTO shuffle (id, requested_by_id, actor_address, correlation_id, traceparent, requested_at, last_position,
       drawn_position, total)
     SELECT $1::uuid, requested_by_id, actor_address, correlation_id, traceparent, clock_timestamp(), $3::bigint, $3::bigint - 1, 1
     FROM shuffle WHERE id = $2::uuid
     RETURNING ${COLUMNS}`,
    [id, likeId, position],
  );
  return shuffle;
}

export interface DrawnChunk extends Chunk {
  readonly firstPosition: number;
  readonly lastPosition: number;
  readonly drawnAt: Date;
}

/** Records a chunk and moves the shuffle's cursor past it. */
export async function recordChunk(tx: Tx, shuffle: RunningShuffle, chunk: DrawnChunk): Promise<void> {
  const { populationVersion, firstPosition, lastPosition, drawn, drawnAt } = chunk;
  const seed = Buffer.from(chunk.seed).toString('hex');
  await tx.run(
    prepared(`WITH recorded AS (
       INSERT INTO shuffle_chunk
         (shuffle_id, number, seed, population_version, first_position, last_position, drawn, drawn_at)
       VALUES ($1::uuid, $2::integer, decode($3, 'hex'), $4::bigint, $5::bigint, $6::bigint, $7::integer, $8::timestamptz)
     )
     UPDATE shuffle SET chunks = $2::integer, drawn_position = $6::bigint, done = done + $7::integer,
       total = greatest(total, done + $7::integer)
     WHERE id = $1::uuid`),
    [shuffle.id, shuffle.chunks + 1, seed, populationVersion, firstPosition, lastPosition, drawn, drawnAt],
  );
}

export type RecordedChunk = Chunk & { readonly number: number; readonly populationSize: number };

/** The recorded chunks of a shuffle after a number, in order. */
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

/** Returns the time of completion. */
export async function markCompleted(tx: Tx, shuffleId: string): Promise<Date> {
  const [row] = await tx.rows<{ completedAt: Date }>(
    `UPDATE shuffle SET status = 'completed', completed_at = clock_timestamp()
     WHERE id = $1::uuid RETURNING completed_at AS "completedAt"`,
    [shuffleId],
  );
  if (row === undefined) throw new Error(`There is no shuffle ${shuffleId}`);
  return row.completedAt;
}
