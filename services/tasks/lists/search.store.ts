/** Looks for text in tasks. What is compared is folded by the database: whatever the case, in one Unicode form. */
import type { Reader } from '#mixins/database/database.ts';

/** Patterns shorter than this have no grams: the index can't be entered by them. In code points. */
const GRAM_LENGTH = 3;

/** Whether a text is long enough for the index. */
export function hasGrams(text: string): boolean {
  return [...text.normalize('NFC')].length >= GRAM_LENGTH;
}

/**
 * Ids of all tasks that hold the text, by the index; undefined where `most` or more tasks come into question: the text is then
 * so frequent that it's found sooner by looking through the list. The text must have grams.
 */
export async function findByText(
  reader: Reader,
  text: string,
  most: number,
): Promise<readonly string[] | undefined> {
  const rows = await reader.rows<{ id: string; fits: boolean }>(
    'SELECT task_id AS id, fits FROM search_tasks($1, $2::integer)',
    [text, most],
  );
  if (rows.length >= most) return undefined;
  return rows.filter(({ fits }) => fits).map(({ id }) => id);
}

/** Which of these tasks hold the text. */
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

/** A task's title as lists are sorted by it; undefined where there is no such task. */
export async function findTitleKey(reader: Reader, id: string): Promise<string | undefined> {
  const [row] = await reader.rows<{ key: string }>(
    'SELECT title_key AS key FROM task_text WHERE task_id = $1::uuid',
    [id],
  );
  return row?.key;
}
