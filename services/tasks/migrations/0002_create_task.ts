import type { MigrationRoles } from '#mixins/database/migrate.ts';

/**
 * Tasks and their assignments. There are no foreign keys to users and shuffles, because a shuffle
 * of a million tasks would check each of them. It writes only ids from those tables, and nothing is
 * ever deleted there. Every index costs a shuffle one write for each task, so each index names its
 * reader.
 */
const statements = [
  `CREATE TABLE task (
    id uuid CONSTRAINT task_pk PRIMARY KEY,
    position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    title text NOT NULL,
    external_id text,
    description text NOT NULL,
    status text NOT NULL DEFAULT 'open',
    assignee_id uuid NOT NULL,
    created_by_id uuid NOT NULL,
    created_by_name text NOT NULL,
    created_at timestamptz(3) NOT NULL,
    completed_at timestamptz(3),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT task_title_ck CHECK (char_length(title) BETWEEN 1 AND 200),
    CONSTRAINT task_external_id_ck CHECK (char_length(external_id) BETWEEN 1 AND 64),
    CONSTRAINT task_description_ck CHECK (char_length(description) <= 10000),
    CONSTRAINT task_status_ck CHECK (status IN ('open', 'done')),
    CONSTRAINT task_done_ck CHECK ((status = 'done') = (completed_at IS NOT NULL)),
    CONSTRAINT task_version_ck CHECK (version >= 1)
  )`,
  `COMMENT ON TABLE task IS 'Every task, with its one assignee'`,
  `COMMENT ON COLUMN task.position IS 'The order in which a shuffle draws; unique by its making'`,
  // For the shuffle's cursor, and for lists of open tasks if few are open among many done ones.
  `CREATE INDEX task_open_ix ON task (position) WHERE status = 'open'`,
  // For the list of all tasks, newest or oldest first. Times are whole milliseconds, as in cursors.
  `CREATE INDEX task_created_ix ON task (created_at, id)`,
  // For the list of a user's tasks (TASK-7).
  `CREATE INDEX task_assignee_ix ON task (assignee_id, created_at, id)`,
  // For the list of done tasks by completion. Shuffles do not write to it.
  `CREATE INDEX task_completed_ix ON task (completed_at, id) WHERE status = 'done'`,

  `CREATE TABLE assignment (
    task_id uuid NOT NULL,
    version integer NOT NULL,
    assignee_id uuid NOT NULL,
    shuffle_id uuid,
    assigned_at timestamptz(3) NOT NULL,
    CONSTRAINT assignment_pk PRIMARY KEY (task_id, version)
  )`,
  `COMMENT ON TABLE assignment IS 'Every assignment of every task, under the version it gave the task (TASK-10); without a shuffle: by its creation'`,
];

const undo = ['DROP TABLE assignment', 'DROP TABLE task'];

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  for (const statement of statements) await run(statement);
  // This is history: the service only adds to it and reads it.
  await run(`REVOKE UPDATE, DELETE ON assignment FROM ${runtimeRole}`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of undo) await run(statement);
};
