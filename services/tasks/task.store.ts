/** SQL of tasks and their assignments. */
import { prepared, type Reader, type Tx } from '#mixins/database/database.ts';
import { defineRowSet } from '#mixins/database/row-set.ts';
import type { PopulationVersion } from './population.store.ts';
import type { DoneTask, OpenTask, Task } from './task.ts';

/** Columns of the table `task`. A row of them is a `Task`. */
export const COLUMNS = `id, title, external_id AS "externalId", description, status, assignee_id AS "assigneeId",
  created_by_id AS "createdById", created_by_name AS "createdByName", created_at AS "createdAt",
  completed_at AS "completedAt", version`;

export type TaskDraft = Pick<
  Task,
  'id' | 'title' | 'externalId' | 'description' | 'createdById' | 'createdByName'
>;

/**
 * A task that was just written, with the names of its people for the client. Names whose copy has
 * not arrived are missing.
 */
export interface Named<T extends Task> {
  readonly task: T;
  readonly names: ReadonlyMap<string, string>;
}

/**
 * The names of a task's people. They are read with `COLUMNS` in one statement, which saves a round
 * trip.
 */
export const namesFor = (
  whose: string,
) => `(SELECT name FROM user_copy WHERE id = ${whose}.assignee_id) AS "assigneeIs",
  (SELECT name FROM user_copy WHERE id = ${whose}.created_by_id) AS "creatorIs"`;

export type NamedRow<T extends Task> = T & {
  readonly assigneeIs: string | null;
  readonly creatorIs: string | null;
};

export function named<T extends Task>({ assigneeIs, creatorIs, ...rest }: NamedRow<T>): Named<T> {
  // `T & names` without the names is `T`. TypeScript does not infer that for a type parameter.
  const task = rest as unknown as T;
  const names = new Map<string, string>();
  if (assigneeIs !== null) names.set(task.assigneeId, assigneeIs);
  if (creatorIs !== null) names.set(task.createdById, creatorIs);
  return { task, names };
}

/** A task to insert, and the seat that was drawn for it. */
export interface SeatedDraft {
  readonly draft: TaskDraft;
  readonly seat: number;
}

/**
 * Inserts tasks and their first assignments in one statement (TASK-2). The assignees are the
 * holders of the seats at that version of the population. A task without a holder is not written
 * and is missing in the answer. With `onlyIfNewest` the same applies to all if there is a newer
 * version.
 */
export async function insertTasks(
  tx: Tx,
  drafts: readonly SeatedDraft[],
  population: PopulationVersion,
  onlyIfNewest: boolean,
): Promise<Named<OpenTask>[]> {
  const newestSize = onlyIfNewest ? population.size : null;
  const bind = [...DRAFTS.bind(drafts), population.version, newestSize];
  return (await tx.rows<NamedRow<OpenTask>>(INSERT, bind)).map(named);
}

const DRAFTS = defineRowSet<SeatedDraft>({
  id: ['uuid', ({ draft }) => draft.id],
  title: ['text', ({ draft }) => draft.title],
  external_id: ['text', ({ draft }) => draft.externalId],
  description: ['text', ({ draft }) => draft.description],
  created_by_id: ['uuid', ({ draft }) => draft.createdById],
  created_by_name: ['text', ({ draft }) => draft.createdByName],
  seat: ['integer', ({ seat }) => seat],
});
const [VERSION, SIZE] = [`$${DRAFTS.size + 1}::bigint`, `$${DRAFTS.size + 2}::integer`];

/**
 * The statement is prepared, because it reads little and by keys. It also compares the size, in
 * case the database was restored to an older state.
 */
const INSERT = prepared(
  `WITH created AS (
     INSERT INTO task (id, title, external_id, description, created_by_id, created_by_name, assignee_id, created_at)
     SELECT id, title, external_id, description, created_by_id, created_by_name, holder.user_id, clock_timestamp()
     FROM ${DRAFTS.from('draft')}
     CROSS JOIN LATERAL (
       SELECT user_id FROM seat WHERE number = draft.seat AND population_version <= ${VERSION}
       ORDER BY population_version DESC LIMIT 1
     ) AS holder
     WHERE ${SIZE} IS NULL
       OR (${VERSION}, ${SIZE}) = (SELECT version, size FROM population ORDER BY version DESC LIMIT 1)
     RETURNING *
   ), assigned AS (
     INSERT INTO assignment (task_id, version, assignee_id, assigned_at)
     SELECT id, version, assignee_id, created_at FROM created
   )
   SELECT ${COLUMNS}, ${namesFor('created')} FROM created`,
);

export async function findTask(reader: Reader, id: string): Promise<Task | undefined> {
  const [task] = await reader.rows<Task>(`SELECT ${COLUMNS} FROM task WHERE id = $1::uuid`, [id]);
  return task;
}

/**
 * Completes the task if it is open and assigned to this user (TASK-6, TASK-7). It waits for a
 * shuffle's chunk that has the row locked, and checks again after its commit. Otherwise it returns
 * undefined, and changes and locks nothing.
 */
export async function completeOpenTask(
  tx: Tx,
  id: string,
  assigneeId: string,
): Promise<Named<DoneTask> | undefined> {
  const [row] = await tx.rows<NamedRow<DoneTask>>(
    `UPDATE task SET status = 'done', completed_at = clock_timestamp(), version = version + 1
     WHERE id = $1::uuid AND assignee_id = $2::uuid AND status = 'open'
     RETURNING ${COLUMNS}, ${namesFor('task')}`,
    [id, assigneeId],
  );
  return row === undefined ? undefined : named(row);
}

export type LockedTask = OpenTask & { readonly position: number; readonly lockedAt: Date };

/**
 * Locks the next open tasks after a position, in order. It waits for a task that is just being
 * completed, and then leaves it out (TASK-6). The next task takes its place. So an empty answer
 * means that no tasks are left.
 */
export async function lockOpenTasks(
  tx: Tx,
  after: number,
  upTo: number,
  limit: number,
): Promise<LockedTask[]> {
  return tx.rows<LockedTask>(
    prepared(`SELECT *, clock_timestamp()::timestamptz(3) AS "lockedAt" FROM (
       SELECT ${COLUMNS}, position FROM task
       WHERE status = 'open' AND position > $1::bigint AND position <= $2::bigint
       ORDER BY position LIMIT $3::integer FOR UPDATE
     ) AS locked`),
    [after, upTo, limit],
  );
}

/**
 * The task that `lockOpenTasks` would wait for first, without locking it. Empty if there is none.
 */
export async function nextOpenTask(
  tx: Tx,
  after: number,
  upTo: number,
): Promise<Pick<LockedTask, 'id' | 'position'>[]> {
  return tx.rows(
    `SELECT id, position FROM task
     WHERE status = 'open' AND position > $1::bigint AND position <= $2::bigint ORDER BY position LIMIT 1`,
    [after, upTo],
  );
}

/** Writes the new assignees of locked tasks, and the resulting assignments (TASK-5). */
export async function reassignTasks(
  tx: Tx,
  tasks: readonly OpenTask[],
  shuffleId: string,
  assignedAt: Date,
): Promise<void> {
  await tx.run(
    prepared(`WITH drawn AS (
       SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS d(task_id, assignee_id)
     ), changed AS (
       UPDATE task SET assignee_id = drawn.assignee_id, version = task.version + 1
       FROM drawn WHERE task.id = drawn.task_id
       RETURNING task.id, task.version, task.assignee_id
     )
     INSERT INTO assignment (task_id, version, assignee_id, shuffle_id, assigned_at)
     SELECT id, version, assignee_id, $3::uuid, $4::timestamptz FROM changed`),
    [tasks.map(({ id }) => id), tasks.map(({ assigneeId }) => assigneeId), shuffleId, assignedAt],
  );
}

export interface Assignment {
  /** The version of the task that this assignment made. */
  readonly version: number;
  readonly assigneeId: string;
  /** Null for the creation of the task. */
  readonly shuffleId: string | null;
  readonly assignedAt: Date;
}

/** Assignments after a version, oldest first (TASK-10). */
export async function findAssignments(
  reader: Reader,
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
