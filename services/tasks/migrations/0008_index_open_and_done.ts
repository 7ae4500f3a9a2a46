/**
 * Indexes for lists of open tasks, whatever the number of done ones. An index on all tasks made the
 * list of a user's open tasks walk through the done ones. Now open and done tasks have an index
 * each, and a list of both merges them. A shuffle writes to as many indexes as before.
 */
const created = [
  // For the list of all tasks, newest or oldest first.
  "CREATE INDEX task_open_created_ix ON task (created_at, id) WHERE status = 'open'",
  "CREATE INDEX task_done_created_ix ON task (created_at, id) WHERE status = 'done'",
  // For the list of a user's tasks (TASK-7).
  "CREATE INDEX task_open_assignee_ix ON task (assignee_id, created_at, id) WHERE status = 'open'",
  "CREATE INDEX task_done_assignee_ix ON task (assignee_id, created_at, id) WHERE status = 'done'",
  // For the list of a user's tasks by completion.
  "CREATE INDEX task_assignee_completed_ix ON task (assignee_id, completed_at, id) WHERE status = 'done'",
];

const statements = [...created, 'DROP INDEX task_created_ix, task_assignee_ix'];

const undo = [
  'CREATE INDEX task_created_ix ON task (created_at, id)',
  'CREATE INDEX task_assignee_ix ON task (assignee_id, created_at, id)',
  'DROP INDEX task_open_created_ix, task_done_created_ix, task_open_assignee_ix, task_done_assignee_ix, task_assignee_completed_ix',
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of undo) await run(statement);
};
