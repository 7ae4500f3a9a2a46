/** What may go of the history of assignments (ADR 44). A key is a task; its row has all of them. */
import type { Retention } from '#mixins/retention/retained.ts';

/** Nobody can assign a done task again. */
const DUE = `task.status = 'done' AND task.completed_at < before`;

export default {
  rows: [
    {
      what: 'assignment-histories',
      days: ({ retentionAssignmentsDays }) => retentionAssignmentsDays,
      due: `SELECT task.id::text AS key, jsonb_build_object('task_id', task.id, 'assignments', history.assignments) AS row
        FROM given CROSS JOIN task CROSS JOIN LATERAL (
          SELECT jsonb_agg(to_jsonb(assignment) - 'task_id' ORDER BY version) AS assignments
          FROM assignment WHERE assignment.task_id = task.id
        ) AS history
        WHERE ${DUE} AND history.assignments IS NOT NULL`,
      remove: `, gone AS (
          DELETE FROM assignment USING task, given
          WHERE assignment.task_id = task.id AND task.id = ANY (keys::uuid[]) AND ${DUE}
          RETURNING assignment.task_id, assignment.version, assignment.assignee_id
        ) INSERT INTO past_assignment (task_id, assignee_ids)
        SELECT task_id, array_agg(assignee_id ORDER BY version) FROM gone GROUP BY task_id`,
    },
  ],
} satisfies Retention;
