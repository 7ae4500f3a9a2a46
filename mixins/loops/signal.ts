/**
 * Wakes loops of this process when a commit has left them work. Loops also poll. So they find the
 * work that other nodes leave, and work whose signal a crash has lost.
 */
import type { Database, Tx } from '#mixins/database/database.ts';

/** A source of wakes for a loop. */
export interface Wakeups {
  /** Calls `action` at each wake. It must not throw. Returns a function that ends this. */
  listen(action: () => void): () => void;
}

/**
 * Wakes some time after another source does, in milliseconds. All of its wakes until then become
 * one.
 */
export function delayed(wakeups: Wakeups, ms: number): Wakeups {
  return {
    listen(action) {
      let timer: NodeJS.Timeout | undefined;
      const end = wakeups.listen(() => {
        timer ??= setTimeout(() => {
          timer = undefined;
          action();
        }, ms).unref();
      });
      return () => {
        end();
        clearTimeout(timer);
      };
    },
  };
}

/**
 * Declare one as a constant in the module that creates the work. The loop that does the work
 * listens to it.
 */
export class Signal {
  /** Listeners by the pool of the database, which copies of a `Database` share. */
  readonly #listeners = new WeakMap<Database['sequelize'], Set<() => void>>();
  /** Transactions that will already send it: once is enough. */
  readonly #sending = new WeakSet<Tx>();

  /** The signal for one database. */
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
