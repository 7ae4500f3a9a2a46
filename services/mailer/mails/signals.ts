/** Tells this node's loops that a commit has left them something to do. What gets lost, their polls find. Pure but for its list of listeners. */
import type { Database, Tx } from '#mixins/database/database.ts';

/** `facts`: something may become a mail; `mails`: something may be sent. */
export type Signal = 'facts' | 'mails';

const listeners = new WeakMap<Database['sequelize'], Set<(signal: Signal) => void>>();

/** Calls `action` after each commit that signals, from this process only; returns what ends it. `action` must not throw. */
export function onSignal(database: Database, action: (signal: Signal) => void): () => void {
  const actions = listeners.get(database.sequelize) ?? new Set();
  listeners.set(database.sequelize, actions.add(action));
  return () => actions.delete(action);
}

export function signalAfterCommit(tx: Tx, signal: Signal): void {
  const { sequelize } = tx.database;
  tx.afterCommit(() => {
    for (const action of listeners.get(sequelize) ?? []) action(signal);
  });
}
