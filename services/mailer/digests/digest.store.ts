/** The draws of shuffles by assignee (set-based). */
import type { Tx } from '#mixins/database/database.ts';
import { defineRowSet } from '#mixins/database/row-set.ts';
import { isDue, notDeadLettered } from '#mixins/loops/item-dead-letters.ts';
import type { EventData } from '#schemas/event.ts';
import type { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import { type KnownRecipient, recheckAfterMs } from '../mails/compose.ts';
import { DIGESTS } from '../mails/items.ts';
import type { MailCause } from '../mails/mail.ts';
import type { ListedTask } from '../templates/digest.ts';

export type Draw = Pick<
  EventData<typeof taskReassigned>,
  'shuffleId' | 'assigneeId' | 'taskId' | 'title' | 'externalId'
>;

/**
 * Stores draws, except those whose digest is composed: a redelivered draw would stay for ever. Rows
 * are inserted in key order, to avoid deadlocks.
 */
export async function keepDraws(tx: Tx, draws: readonly Draw[]): Promise<void> {
  if (draws.length === 0) return;
  await tx.run(
    `INSERT INTO draw (${DRAWS.columns})
     SELECT * FROM ${DRAWS.from('drawn')}
     WHERE NOT EXISTS (
       SELECT FROM digest WHERE digest.shuffle_id = drawn.shuffle_id AND digest.assignee_id = drawn.assignee_id
         AND digest.state <> 'waiting'
     )
     ORDER BY shuffle_id, assignee_id, task_id
     ON CONFLICT ON CONSTRAINT draw_pk DO NOTHING`,
    DRAWS.bind(draws),
  );
}

const DRAWS = defineRowSet<Draw>({
  shuffle_id: ['uuid', ({ shuffleId }) => shuffleId],
  assignee_id: ['uuid', ({ assigneeId }) => assigneeId],
  task_id: ['uuid', ({ taskId }) => taskId],
  title: ['text', ({ title }) => title],
  external_id: ['text', ({ externalId }) => externalId],
});

export interface DigestKey {
  readonly shuffleId: string;
  readonly assigneeId: string;
}

/** The parameters `$1` and `$2` of statements about these digests. */
const bindKeys = (digests: readonly DigestKey[]): readonly [string[], string[]] => [
  digests.map(({ shuffleId }) => shuffleId),
  digests.map(({ assigneeId }) => assigneeId),
];

export interface Digest extends MailCause, DigestKey {
  readonly tasksDrawn: number;
  readonly completedAt: Date;
}

export async function keepDigests(tx: Tx, digests: readonly Digest[]): Promise<void> {
  if (digests.length === 0) return;
  await tx.run(
    `INSERT INTO digest (${DIGEST_ROWS.columns}) SELECT * FROM ${DIGEST_ROWS.from('digest')} ORDER BY shuffle_id, assignee_id
     ON CONFLICT ON CONSTRAINT digest_pk DO NOTHING`,
    DIGEST_ROWS.bind(digests),
  );
}

const DIGEST_ROWS = defineRowSet<Digest>({
  shuffle_id: ['uuid', ({ shuffleId }) => shuffleId],
  assignee_id: ['uuid', ({ assigneeId }) => assigneeId],
  tasks_drawn: ['integer', ({ tasksDrawn }) => tasksDrawn],
  completed_at: ['timestamptz', ({ completedAt }) => completedAt],
  event_id: ['uuid', ({ eventId }) => eventId],
  correlation_id: ['text', ({ correlationId }) => correlationId],
  traceparent: ['text', ({ traceparent }) => traceparent],
});

/** Makes the digests of these employees due now. Returns how many there are. */
export function makeDigestsDue(tx: Tx, assigneeIds: readonly string[]): Promise<number> {
  return tx.run(
    `UPDATE digest SET due_at = now() WHERE assignee_id = ANY($1::uuid[]) AND state = 'waiting'`,
    [assigneeIds],
  );
}

export interface DueDigest extends Digest, KnownRecipient {
  /** Milliseconds since its event arrived. */
  readonly waitedMs: number;
  /** Draws that have arrived. */
  readonly draws: number;
}

const WAITING = `SELECT shuffle_id AS "shuffleId", assignee_id AS "assigneeId", tasks_drawn AS "tasksDrawn", completed_at AS "completedAt",
    event_id AS "eventId", correlation_id AS "correlationId", traceparent,
    (extract(epoch FROM now() - heard_at) * 1000)::float8 AS "waitedMs", name, email, locale
  FROM digest LEFT JOIN user_copy ON user_copy.id = assignee_id
  WHERE state = 'waiting'`;

/** The key of a digest as an item of the loop. */
const keyOf = (digest: string) => `${digest}.shuffle_id || ':' || ${digest}.assignee_id`;

/**
 * Locks due digests and counts their draws. Of an employee it locks only the earliest digest,
 * except dead-lettered ones, because their mails leave in the order of the shuffles (MAIL-2). It
 * skips digests that another node has locked.
 */
export async function lockDueDigests(tx: Tx, limit: number): Promise<DueDigest[]> {
  const due = await tx.rows<Omit<DueDigest, 'draws'>>(
    `${WAITING} AND due_at <= now() AND ${isDue(DIGESTS, keyOf('digest'))} AND NOT EXISTS (
       SELECT FROM digest AS earlier WHERE earlier.assignee_id = digest.assignee_id AND earlier.state = 'waiting'
         AND (earlier.completed_at, earlier.shuffle_id) < (digest.completed_at, digest.shuffle_id)
         AND ${notDeadLettered(DIGESTS, keyOf('earlier'))}
     )
     ORDER BY due_at, shuffle_id, assignee_id LIMIT $1
     FOR UPDATE OF digest SKIP LOCKED`,
    [limit],
  );
  return await withDraws(tx, due);
}

/**
 * Locks one digest whose mail is not composed yet, whether it is due or not. Empty if its mail is
 * composed.
 */
export async function lockDigest(tx: Tx, shuffleId: string, assigneeId: string): Promise<DueDigest[]> {
  const sql = `${WAITING} AND shuffle_id = $1::uuid AND assignee_id = $2::uuid FOR UPDATE OF digest`;
  return await withDraws(tx, await tx.rows<Omit<DueDigest, 'draws'>>(sql, [shuffleId, assigneeId]));
}

async function withDraws(tx: Tx, due: readonly Omit<DueDigest, 'draws'>[]): Promise<DueDigest[]> {
  if (due.length === 0) return [];
  const counts = await tx.rows<{ draws: number }>(
    `SELECT draws FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS due (shuffle_id, assignee_id, place)
     CROSS JOIN LATERAL (
       SELECT count(*) AS draws FROM draw WHERE draw.shuffle_id = due.shuffle_id AND draw.assignee_id = due.assignee_id
     ) AS counted
     ORDER BY place`,
    bindKeys(due),
  );
  return due.map((digest, index) => ({ ...digest, draws: 0, ...counts[index] }));
}

/**
 * The first tasks of each of these digests, by `<shuffle>:<assignee>`. They are in order of
 * creation, because ids rise with time.
 */
export async function tasksOf(
  tx: Tx,
  digests: readonly DigestKey[],
  limit: number,
): Promise<ReadonlyMap<string, readonly ListedTask[]>> {
  const rows = await tx.rows<ListedTask & { key: string }>(
    `SELECT due.shuffle_id || ':' || due.assignee_id AS key, title, external_id AS "externalId"
     FROM unnest($1::uuid[], $2::uuid[]) AS due (shuffle_id, assignee_id)
     CROSS JOIN LATERAL (
       SELECT task_id, title, external_id FROM draw
       WHERE draw.shuffle_id = due.shuffle_id AND draw.assignee_id = due.assignee_id
       ORDER BY task_id LIMIT $3
     ) AS task
     ORDER BY key, task_id`,
    [...bindKeys(digests), limit],
  );
  return Map.groupBy(rows, ({ key }) => key);
}

export async function setDigestState(
  tx: Tx,
  digests: readonly DigestKey[],
  state: 'mailed' | 'cleared',
): Promise<void> {
  await tx.run(
    `UPDATE digest SET state = $3, due_at = now() FROM unnest($1::uuid[], $2::uuid[]) AS done (shuffle_id, assignee_id)
     WHERE digest.shuffle_id = done.shuffle_id AND digest.assignee_id = done.assignee_id`,
    [...bindKeys(digests), state],
  );
}

/** Makes incomplete digests due again after a pause. */
export async function postponeDigests(tx: Tx, waiting: readonly DueDigest[]): Promise<void> {
  if (waiting.length === 0) return;
  await tx.run(
    `UPDATE digest SET due_at = now() + wait.ms * interval '1 millisecond'
     FROM unnest($1::uuid[], $2::uuid[], $3::integer[]) AS wait (shuffle_id, assignee_id, ms)
     WHERE digest.shuffle_id = wait.shuffle_id AND digest.assignee_id = wait.assignee_id`,
    [...bindKeys(waiting), waiting.map(({ waitedMs }) => recheckAfterMs(waitedMs))],
  );
}

/**
 * Deletes draws of digests that were composed at least `afterMs` ago, up to the given numbers.
 * Overlapping redeliveries have arrived by then. Returns the number of deleted draws plus that of
 * finished digests.
 */
export async function clearMailedDraws(
  tx: Tx,
  digests: number,
  draws: number,
  afterMs: number,
): Promise<number> {
  const mailed = await tx.rows<DigestKey>(
    `SELECT shuffle_id AS "shuffleId", assignee_id AS "assigneeId" FROM digest
     WHERE state = 'mailed' AND due_at <= now() - $2 * interval '1 millisecond'
     ORDER BY shuffle_id, assignee_id LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [digests, afterMs],
  );
  if (mailed.length === 0) return 0;
  const deleted = await tx.run(
    `DELETE FROM draw WHERE (shuffle_id, assignee_id, task_id) IN (
       SELECT draw.shuffle_id, draw.assignee_id, task_id
       FROM unnest($1::uuid[], $2::uuid[]) AS mailed (shuffle_id, assignee_id)
       JOIN draw USING (shuffle_id, assignee_id) LIMIT $3
     )`,
    [...bindKeys(mailed), draws],
  );
  if (deleted === draws) return deleted;
  await setDigestState(tx, mailed, 'cleared');
  return deleted + mailed.length;
}
