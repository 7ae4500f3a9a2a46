/**
 * Assignments of tasks that were done long ago can be removed (ADR 44). Who had such a task stays,
 * in an eighth of the space, because each assignment is compared with the line that it cost.
 */
import type { MigrationRoles } from '#mixins/database/migrate.ts';

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  await run(`
    CREATE TABLE past_assignment (
      task_id uuid CONSTRAINT past_assignment_pk PRIMARY KEY,
      assignee_ids uuid[] NOT NULL,
      CONSTRAINT past_assignment_assignees_ck CHECK (cardinality(assignee_ids) >= 1)
    )`);
  await run(
    `COMMENT ON TABLE past_assignment IS 'Assignments that were archived and removed: the assignees of each done task, in order of its versions from 1 on'`,
  );
  await run(`REVOKE INSERT, UPDATE, DELETE ON past_assignment FROM ${runtimeRole}`);
};

export const down = (run: (sql: string) => Promise<void>): Promise<void> => run('DROP TABLE past_assignment');
