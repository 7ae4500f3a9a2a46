import type { MigrationRoles } from '#mixins/database/migrate.ts';

/**
 * The text of tasks in the form that searches and sorting by title compare. It is in a table of its
 * own. A shuffle rewrites every open task, and would otherwise rewrite each index on its text too.
 * Text never changes, so rows are only added to this table.
 *
 * A trigger adds them, so nodes of an older release add them too. The next migration adds the
 * existing tasks.
 */
const statements = [
  // NFC makes a text match however its accents were typed.
  `CREATE FUNCTION search_fold(given text) RETURNS text
   LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
   RETURN lower(normalize(given, NFC))`,
  `COMMENT ON FUNCTION search_fold IS 'Text as searches compare it: whatever its case and its Unicode form'`,
  // pg_trgm is not used. With the locale of the embedded server it handles only ASCII letters and
  // digits (measured), and some servers lack the extension.
  `CREATE FUNCTION text_grams(given text) RETURNS text[]
   LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
   RETURN (
     SELECT coalesce(array_agg(DISTINCT first || second || third), '{}') FROM (
       SELECT letter AS first, lead(letter, 1) OVER places AS second, lead(letter, 2) OVER places AS third
       FROM unnest(string_to_array(given, NULL)) WITH ORDINALITY AS letters (letter, place)
       WINDOW places AS (ORDER BY place)
     ) AS three WHERE third IS NOT NULL
   )`,
  `COMMENT ON FUNCTION text_grams IS 'Every three characters that follow each other in a text'`,
  `CREATE TABLE task_text (
    task_id uuid CONSTRAINT task_text_pk PRIMARY KEY,
    title_key text NOT NULL,
    search text NOT NULL
  )`,
  `COMMENT ON TABLE task_text IS 'Text of every task: what lists are sorted by, and what searches look in (TASK-8)'`,
  // For sorting by title. Titles have at most 200 characters.
  'CREATE INDEX task_text_title_ix ON task_text (title_key, task_id)',
  // For searches. Without a list of pending entries every creation costs the same, and less on
  // average (measured: 0.1 ms).
  'CREATE INDEX task_text_grams_ix ON task_text USING gin (text_grams(search)) WITH (fastupdate = off)',
  // The settings force the planner to use the index, because it cannot estimate how rare a
  // combination of grams is.
  `CREATE FUNCTION search_tasks(wanted text, most integer) RETURNS TABLE (task_id uuid, fits boolean)
   LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 100
   SET enable_seqscan TO off SET work_mem TO '16MB'
   BEGIN ATOMIC
     SELECT found.task_id, strpos(found.search, search_fold(wanted)) > 0 FROM (
       SELECT task_text.task_id, task_text.search FROM task_text
       WHERE text_grams(task_text.search) @> (text_grams(search_fold(wanted)))[1:32] LIMIT most
     ) AS found;
   END`,
  `COMMENT ON FUNCTION search_tasks IS
     'At most so many tasks whose text holds the grams of the wanted one, and whether it holds that text itself'`,
  // Searched texts have no line breaks, so no match spans two fields.
  `CREATE FUNCTION keep_task_text() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     INSERT INTO task_text (task_id, title_key, search)
     SELECT id, lower(title), search_fold(concat_ws(E'\\n', title, external_id, description)) FROM added;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER task_text_kept AFTER INSERT ON task
   REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION keep_task_text()`,
];

const undo = [
  'DROP TRIGGER task_text_kept ON task',
  'DROP FUNCTION keep_task_text()',
  'DROP FUNCTION search_tasks(text, integer)',
  'DROP TABLE task_text',
  'DROP FUNCTION text_grams(text)',
  'DROP FUNCTION search_fold(text)',
];

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  for (const statement of statements) await run(statement);
  await run(`REVOKE UPDATE, DELETE ON task_text FROM ${runtimeRole}`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of undo) await run(statement);
};
