/**
 * New text waits in the index's list of pending entries. PostgreSQL moves many texts into the index
 * together, and then writes each gram once instead of once for each text. A task's row takes half
 * the time (measured: 370 → 130 µs for various titles of five words, 146 → 92 µs for equal ones).
 * Each search also reads the list, so the list is short: a search takes 0.1 ms longer.
 */
const statements = [
  // In kilobytes.
  'ALTER INDEX task_text_grams_ix SET (fastupdate = on, gin_pending_list_limit = 128)',
];

const undo = [
  'ALTER INDEX task_text_grams_ix RESET (gin_pending_list_limit)',
  'ALTER INDEX task_text_grams_ix SET (fastupdate = off)',
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of undo) await run(statement);
};
