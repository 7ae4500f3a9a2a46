/**
 * The facts of tasks for the reconciliation (ANA-6): assignments, completions, current tasks, and
 * draws of shuffles.
 */
import type { Tx } from '#mixins/database/database.ts';
import { checkOf } from '#mixins/reconciliation/checks.store.ts';
import { factSet } from '#mixins/reconciliation/facts.store.ts';
import {
  cutAt,
  HIGHEST_UUID,
  LOWEST_UUID,
  NO_EXTRA,
  UNVERSIONED,
  uuidsIn,
} from '#mixins/reconciliation/sql.ts';
import type { GroupRange } from '#schemas/reconciliation.ts';

const TASK_PAGES = `SELECT id::text AS high FROM task WHERE id >= coalesce($1::uuid, '${LOWEST_UUID}') ORDER BY id OFFSET $2 LIMIT 1`;

/** Also assignments that were archived and removed: all of them are older than any cut. */
const EVERY_ASSIGNMENT = `(
    SELECT task_id, version, assignee_id, assigned_at FROM assignment
    UNION ALL
    SELECT task_id, number::integer, past.assignee_id, '-infinity'::timestamptz
    FROM past_assignment CROSS JOIN unnest(assignee_ids) WITH ORDINALITY AS past (assignee_id, number)
  ) AS assignment`;

/** The task behind the one with the n-th removed assignment. Each task has one at least. */
const PAST_BOUNDARY = `SELECT task_id FROM past_assignment WHERE task_id > (
    SELECT task_id FROM (
      SELECT task_id, sum(cardinality(assignee_ids)) OVER (ORDER BY task_id) AS total FROM (
        SELECT * FROM past_assignment WHERE task_id >= coalesce($1::uuid, '${LOWEST_UUID}') ORDER BY task_id LIMIT $2::integer
      ) AS page
    ) AS counted WHERE total >= $2::integer ORDER BY task_id LIMIT 1
  ) ORDER BY task_id LIMIT 1`;

export const taskSets = {
  /**
   * A task is charged at each of its assignments: `<task> <version>`, with the assignee. The length
   * of a page is measured in assignments, not tasks.
   */
  charge: factSet({
    facts: `SELECT task_id::text AS grp, task_id || ' ' || version AS key, ${UNVERSIONED} AS version, assignee_id::text AS value,
        ${NO_EXTRA} AS extra
      FROM ${EVERY_ASSIGNMENT} WHERE ${uuidsIn('task_id')} AND ${cutAt('assigned_at')}`,
    boundary: `SELECT least((${PAST_BOUNDARY}), (
        SELECT task_id FROM assignment WHERE task_id > (
          SELECT task_id FROM assignment WHERE task_id >= coalesce($1::uuid, '${LOWEST_UUID}')
          ORDER BY task_id, version OFFSET $2::integer - 1 LIMIT 1
        ) ORDER BY task_id LIMIT 1
      ))::text AS high`,
  }),
  /** A task is paid when it is done: `<task>`, with the assignee. */
  reward: factSet({
    facts: `SELECT id::text AS grp, id::text AS key, ${UNVERSIONED} AS version, assignee_id::text AS value, ${NO_EXTRA} AS extra
      FROM task WHERE status = 'done' AND ${uuidsIn('id')} AND ${cutAt('completed_at')}`,
    boundary: TASK_PAGES,
  }),
  task: factSet({
    facts: `SELECT id::text AS grp, id::text AS key, task.version::bigint AS version, status || ' ' || assignee_id AS value,
        ${NO_EXTRA} AS extra
      FROM task WHERE ${uuidsIn('id')}`,
    boundary: TASK_PAGES,
  }),
};

/**
 * Shuffles and the number of tasks that they drew, which equals the sum of their digests. If this
 * differs, the facts by person are drawn again.
 */
export const digestChecksums = factSet({
  facts: '',
  checksum: `SELECT id::text AS key, ${UNVERSIONED} AS version, done::text AS value
    FROM shuffle WHERE status = 'completed' AND done > 0 AND ${uuidsIn('id')}`,
  boundary: `SELECT id::text AS high FROM shuffle WHERE id >= coalesce($1::uuid, '${LOWEST_UUID}') ORDER BY id OFFSET $2 LIMIT 1`,
});

/** Completed shuffles that drew tasks and whose facts may be in a range, in order of their ids. */
export async function shufflesIn(tx: Tx, ranges: readonly GroupRange[], limit: number): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `SELECT id FROM shuffle WHERE status = 'completed' AND done > 0 AND EXISTS (
       SELECT FROM unnest($1::text[], $2::text[]) AS range (low, high)
       WHERE id BETWEEN coalesce(left(low, 36)::uuid, '${LOWEST_UUID}') AND coalesce(left(high, 36)::uuid, '${HIGHEST_UUID}')
     ) ORDER BY id LIMIT $3`,
    [ranges.map(({ low }) => low), ranges.map(({ high }) => high), limit],
  );
  return rows.map(({ id }) => id);
}

/** Tasks that one step checks. */
const TASKS_A_STEP = 5_000;

/**
 * Every version of a task has an assignment, except the completion. The newest assignment must name
 * the task's assignee.
 */
export const checkHistory = checkOf(
  {
    parts: `step AS MATERIALIZED (
        SELECT id, status, version, assignee_id FROM task WHERE id > coalesce($1::uuid, '${LOWEST_UUID}')
        ORDER BY id LIMIT ${TASKS_A_STEP}
      ), wrong AS (
        SELECT 'task_history_wrong' AS code, step.id AS "taskId", step.version, step.assignee_id AS "assigneeId", history.assignments,
          history."newestVersion", history."newestAssigneeId"
        FROM step CROSS JOIN LATERAL (
          SELECT count(*) AS assignments, max(assignment.version) AS "newestVersion",
            (array_agg(assignment.assignee_id ORDER BY assignment.version DESC))[1] AS "newestAssigneeId"
          FROM ${EVERY_ASSIGNMENT} WHERE assignment.task_id = step.id
        ) AS history
        WHERE (history.assignments, history."newestVersion", history."newestAssigneeId") IS DISTINCT FROM
          (step.version - (step.status = 'done')::integer, step.version - (step.status = 'done')::integer, step.assignee_id)
      )`,
    order: '"taskId"',
    next: `SELECT CASE WHEN count(*) = ${TASKS_A_STEP} THEN (array_agg(id ORDER BY id DESC))[1]::text END FROM step`,
  },
  ({ code: _, taskId, version, assigneeId, ...history }) => {
    const message = `Task ${taskId} is ${assigneeId}'s at version ${version}, but its history has ${history.assignments} assignments, the newest of version ${history.newestVersion} to ${history.newestAssigneeId}`;
    return { message, taskId, task: { version, assigneeId }, history };
  },
);
