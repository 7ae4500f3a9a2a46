/**
 * Adds the text of existing tasks. It runs in its own transaction, because it takes about 15
 * seconds for 100,000 tasks. It locks no table that others write to, so other nodes continue to
 * create and shuffle tasks.
 */
const statements = [
  `INSERT INTO task_text (task_id, title_key, search)
   SELECT id, lower(title), search_fold(concat_ws(E'\\n', title, external_id, description)) FROM task
   ON CONFLICT DO NOTHING`,
  'ANALYZE task_text',
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

/** The migration before this one drops the table. */
export const down = async (): Promise<void> => {};
