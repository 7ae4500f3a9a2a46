/**
 * Statements that PostgreSQL parses once a connection and not at every call, and after the first five calls most often plans no more: that is
 * half of what a small one costs it (measured). Its plan then stays as it is until a table that it reads is analysed or altered, so only what
 * leaves the planner no choice that grows wrong with a table belongs here: inserts, locks, look-ups in tables that stay small. Never a text
 * that is put together from what a caller sent: every one is kept, in each connection, for as long as that lives.
 */
import { hash } from 'node:crypto';

/** Of a name, in hexadecimal: no two texts share one. */
const NAME_DIGITS = 16;

/** PostgreSQL's names of them, by text. A text has the same one in every process: a pooler may share a server's connection among them. */
const names = new Map<string, string>();

/** Marks a statement and returns it as it is. Called where its constant is made. */
export function prepared(sql: string): string {
  if (!names.has(sql)) names.set(sql, `ates_${hash('sha256', sql).slice(0, NAME_DIGITS)}`);
  return sql;
}

/** Under which name to prepare a statement; undefined for one that is not marked. */
export function preparedName(sql: string): string | undefined {
  return names.get(sql);
}
