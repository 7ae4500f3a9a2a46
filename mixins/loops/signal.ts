/**
 * Wakes loops of this process when a commit has left them work. Loops also poll, and so find what
 * other nodes leave, and what a crash keeps from being signalled.
 */
import type { Database, Tx } from '#mixins/database/database.ts';

/** What a loop listens to. */
export interface Wakeups {
  /** Calls `action`, which must not throw, each time. Returns what ends it. */
  listen(action: () => void): () => void;
}

/** Declare one as a constant beside what leaves the work. The loop that does the work listens. */
export class Signal {
  /** By the pool of the database, which copies of a `Database` share. */
  readonly #listeners = new WeakMap<Database['sequelize'], Set<() => void>>();
  /** Transactions that will send it: once is enough. */
  readonly #sending = new WeakSet<Tx>();

  /** The signal as it is sent for one database. */
  of({ sequelize }: Database): Wakeups {
    const actions = this.#listeners.get(sequelize) ?? new Set();
    this.#listeners.set(sequelize, actions);
    return {
      listen(action) {
        actions.add(action);
        return () => actions.delete(action);
      },
    };
  }

  send({ sequelize }: Database): void {
    for (const action of this.#listeners.get(sequelize) ?? []) action();
  }

  /** Sends it after the commit of this transaction, and never after a roll-back. */
  sendAfterCommit(tx: Tx): void {
    if (this.#sending.has(tx)) return;
    this.#sending.add(tx);
    tx.afterCommit(() => this.send(tx.database));
  }
}
