/**
 * Compares texts in linear time. `strpos` takes as many steps as the product of both lengths if a
 * text repeats itself. A search for `baaa…` in a thousand descriptions of `aaaa…` exceeded the time
 * limit (measured).
 */
const searchTasks = (fits: string) =>
  `CREATE OR REPLACE FUNCTION search_tasks(wanted text, most integer) RETURNS TABLE (task_id uuid, fits boolean)
   LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 100
   SET enable_seqscan TO off SET work_mem TO '16MB'
   BEGIN ATOMIC
     SELECT found.task_id, ${fits} FROM (
       SELECT task_text.task_id, task_text.search FROM task_text
       WHERE text_grams(task_text.search) @> (text_grams(search_fold(wanted)))[1:32] LIMIT most
     ) AS found;
   END`;

const statements = [
  // `***=` makes the rest plain text, not an expression. PostgreSQL's automaton reads each
  // character once.
  `CREATE FUNCTION search_holds(search text, wanted text) RETURNS boolean
   LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
   RETURN search ~ ('***=' || search_fold(wanted))`,
  `COMMENT ON FUNCTION search_holds IS 'Whether a folded text holds the wanted one'`,
  searchTasks('search_holds(found.search, wanted)'),
];

const undo = [
  searchTasks('strpos(found.search, search_fold(wanted)) > 0'),
  'DROP FUNCTION search_holds(text, text)',
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of undo) await run(statement);
};
