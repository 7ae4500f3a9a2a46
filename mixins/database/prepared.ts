/**
 * Statements that PostgreSQL parses and plans once a connection and not at every call: that is half of what a small one costs it
 * (measured). Its plan stays as it is until a table that it reads is analysed, so only what leaves the planner no choice that grows wrong
 * with a table belongs here: inserts, locks, look-ups in tables that stay small. Never a text that is put together from what a caller sent:
 * every one is kept, in each connection, for as long as that lives.
 */

/** PostgreSQL's names of them, by text; the same in every connection of the process. */
const names = new Map<string, string>();

/** Marks a statement and returns it as it is. Called where its constant is made. */
export function prepared(sql: string): string {
  if (!names.has(sql)) names.set(sql, `ates_${names.size + 1}`);
  return sql;
}

/** Under which name to prepare a statement; undefined for one that is not marked. */
export function preparedName(sql: string): string | undefined {
  return names.get(sql);
}
