/** Tells this process's relay of a database that something was appended to its outbox. */
import type { Database } from '../database/database.ts';

const listeners = new WeakMap<Database, Set<() => void>>();

/** Calls `action` after each commit that appended something, from this process only; returns what ends it. `action` must not throw. */
export function onAppended(database: Database, action: () => void): () => void {
  const actions = listeners.get(database) ?? new Set();
  listeners.set(database, actions.add(action));
  return () => actions.delete(action);
}

/** Called after the commit of a transaction that appended events. */
export function appended(database: Database): void {
  for (const action of listeners.get(database) ?? []) action();
}
