/**
 * Searches text in tasks. The database folds text before it compares it: one case, one Unicode
 * form.
 */
import { prepared, type Reader } from '#mixins/database/database.ts';

/** Minimum length of a text for the index, in code points. Shorter texts have no grams. */
const GRAM_LENGTH = 3;

/** Whether a text is long enough for the index. */
export function hasGrams(text: string): boolean {
  return [...text.normalize('NFC')].length >= GRAM_LENGTH;
}

/**
 * Ids of all tasks that contain the text, by the index. Undefined if `most` or more tasks are
 * candidates: then scanning the list finds the text sooner. The text must have grams.
 */
export async function findByText(
  reader: Reader,
  text: string,
  most: number,
): Promise<readonly string[] | undefined> {
  const rows = await reader.rows<{ id: string; fits: boolean }>(
    prepared('SELECT task_id AS id, fits FROM search_tasks($1, $2::integer)'),
    [text, most],
  );
  if (rows.length >= most) return undefined;
  return rows.filter(({ fits }) => fits).map(({ id }) => id);
}

/** Returns which of these tasks contain the text. */
export async function withText(
  reader: Reader,
  ids: readonly string[],
  text: string,
): Promise<ReadonlySet<string>> {
  const rows = await reader.rows<{ id: string }>(
    `SELECT task_id AS id FROM task_text
     WHERE task_id = ANY($1::uuid[]) AND search_holds(search, $2)`,
    [ids, text],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The title key by which lists sort a task; undefined if there is no such task. */
export async function findTitleKey(reader: Reader, id: string): Promise<string | undefined> {
  const [row] = await reader.rows<{ key: string }>(
    'SELECT title_key AS key FROM task_text WHERE task_id = $1::uuid',
    [id],
  );
  return row?.key;
}
