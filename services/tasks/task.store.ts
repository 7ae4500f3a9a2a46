/** SQL of tasks and their assignments. */
import type { Database, Tx } from '../../mixins/database/database.ts';
import type { DoneTask, OpenTask, Task } from './task.ts';

const COLUMNS = `id, title, external_id AS "externalId", description, status, assignee_id AS "assigneeId",
  created_by_id AS "createdById", created_by_name AS "createdByName", created_at AS "createdAt",
  completed_at AS "completedAt", version`;

export interface TaskDraft {
  readonly id: string;
  readonly title: string;
  readonly externalId: string | null;
  readonly description: string;
  readonly createdById: string;
  readonly createdByName: string;
}

/**
 * TASK-2: the task and its first assignment in one statement, to whoever holds the seat at that version of the population.
 * Undefined, and nothing written, if nobody does.
 */
export async function insertTask(
  tx: Tx,
  draft: TaskDraft,
  seat: number,
  populationVersion: number,
): Promise<OpenTask | undefined> {
  const [task] = await tx.rows<OpenTask>(
    `WITH holder AS (
       SELECT user_id FROM seat WHERE number = $7::integer AND population_version <= $8::bigint
       ORDER BY population_version DESC LIMIT 1
     ), created AS (
       INSERT INTO task (id, title, external_id, description, created_by_id, created_by_name, assignee_id, created_at)
       SELECT $1::uuid, $2::text, $3::text, $4::text, $5::uuid, $6::text, holder.user_id, clock_timestamp()
       FROM holder RETURNING *
     ), assigned AS (
       INSERT INTO assignment (task_id, version, assignee_id, assigned_at)
       SELECT id, version, assignee_id, created_at FROM created
     )
     SELECT ${COLUMNS} FROM created`,
    [
      draft.id,
      draft.title,
      draft.externalId,
      draft.description,
      draft.createdById,
      draft.createdByName,
      seat,
      populationVersion,
    ],
  );
  return task;
}

export async function findTask(reader: Pick<Database, 'rows'>, id: string): Promise<Task | undefined> {
  const [task] = await reader.rows<Task>(`SELECT ${COLUMNS} FROM task WHERE id = $1::uuid`, [id]);
  return task;
}

/**
 * TASK-6, TASK-7: completes the task if it is open and this user's at the moment the row is ours; waits for a shuffle's chunk that holds it
 * and looks again after its commit. Undefined, and nothing changed or locked, if it is not.
 */
export async function completeOpenTask(
  tx: Tx,
  id: string,
  assigneeId: string,
): Promise<DoneTask | undefined> {
  const [task] = await tx.rows<DoneTask>(
    `UPDATE task SET status = 'done', completed_at = clock_timestamp(), version = version + 1
     WHERE id = $1::uuid AND assignee_id = $2::uuid AND status = 'open' RETURNING ${COLUMNS}`,
    [id, assigneeId],
  );
  return task;
}

export type LockedTask = OpenTask & { readonly position: number; readonly lockedAt: Date };

/**
 * Locks the next open tasks after a position, in its order. One that somebody completes at this moment is waited for and then
 * left out (TASK-6); the next one takes its place, so an empty answer means that there are none left.
 */
export async function lockOpenTasks(
  tx: Tx,
  after: number,
  upTo: number,
  limit: number,
): Promise<LockedTask[]> {
  return tx.rows<LockedTask>(
    `SELECT *, clock_timestamp()::timestamptz(3) AS "lockedAt" FROM (
       SELECT ${COLUMNS}, position FROM task
       WHERE status = 'open' AND position > $1::bigint AND position <= $2::bigint
       ORDER BY position LIMIT $3::integer FOR UPDATE
     ) AS locked`,
    [after, upTo, limit],
  );
}

/** TASK-5: writes the new assignees of locked tasks, and the assignments that this makes. */
export async function reassignTasks(
  tx: Tx,
  tasks: readonly OpenTask[],
  shuffleId: string,
  assignedAt: Date,
): Promise<void> {
  await tx.run(
    `WITH drawn AS (
       SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS d(task_id, assignee_id)
     ), changed AS (
       UPDATE task SET assignee_id = drawn.assignee_id, version = task.version + 1
       FROM drawn WHERE task.id = drawn.task_id
       RETURNING task.id, task.version, task.assignee_id
     )
     INSERT INTO assignment (task_id, version, assignee_id, shuffle_id, assigned_at)
     SELECT id, version, assignee_id, $3::uuid, $4::timestamptz FROM changed`,
    [tasks.map(({ id }) => id), tasks.map(({ assigneeId }) => assigneeId), shuffleId, assignedAt],
  );
}

export interface Assignment {
  readonly version: number;
  readonly assigneeId: string;
  readonly shuffleId: string | null;
  readonly assignedAt: Date;
}

/** TASK-10: assignments after a version, the oldest first. */
export async function findAssignments(
  reader: Pick<Database, 'rows'>,
  taskId: string,
  afterVersion: number,
  limit: number,
): Promise<Assignment[]> {
  return reader.rows<Assignment>(
    `SELECT version, assignee_id AS "assigneeId", shuffle_id AS "shuffleId", assigned_at AS "assignedAt"
     FROM assignment WHERE task_id = $1::uuid AND version > $2::integer ORDER BY version LIMIT $3::integer`,
    [taskId, afterVersion, limit],
  );
}
