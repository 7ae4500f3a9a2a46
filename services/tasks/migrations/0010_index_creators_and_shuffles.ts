/** Indexes for lists of the tasks that one user created, and for the list of shuffles. */
const statements = [
  // As for assignees, open and done tasks have an index each.
  "CREATE INDEX task_open_creator_ix ON task (created_by_id, created_at, id) WHERE status = 'open'",
  "CREATE INDEX task_done_creator_ix ON task (created_by_id, created_at, id) WHERE status = 'done'",
  'ALTER TABLE shuffle ADD CONSTRAINT shuffle_number_uq UNIQUE (number)',
];

const undo = [
  'ALTER TABLE shuffle DROP CONSTRAINT shuffle_number_uq',
  'DROP INDEX task_open_creator_ix, task_done_creator_ix',
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of undo) await run(statement);
};
