/**
 * Adds the text of older tasks. In a transaction of its own, as it takes some 15 seconds for 100,000 tasks: it locks no table
 * that others write to, so other nodes go on creating and shuffling tasks meanwhile.
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
