/** A database in which something goes wrong. */
import type { Database, Tx } from '#mixins/database/database.ts';

/**
 * The same database, but statements whose parameters hold this text fail, as long as `is` says so:
 * as they would by a bug, or by a constraint that nobody thought of. What sets things aside works.
 */
export function failingAt(database: Database, text: string, is: () => boolean = () => true): Database {
  const guarded =
    <Answer>(use: (sql: string, bind?: readonly unknown[]) => Promise<Answer>) =>
    (sql: string, bind: readonly unknown[] = []) => {
      const isAside = /(INTO|UPDATE|FROM) (dead_letter|attempt)\b/.test(sql);
      if (is() && !isAside && JSON.stringify(bind).includes(text)) throw new TypeError(`Unlucky ${text}`);
      return use(sql, bind);
    };
  return {
    ...database,
    inTransaction: (work) =>
      database.inTransaction((tx) =>
        work({ ...tx, rows: guarded(tx.rows) as Tx['rows'], run: guarded(tx.run) }),
      ),
  };
}

/**
 * The same database, but its transactions wait only a moment for a lock: tests need not wait as
 * long as services do.
 */
export function impatient(database: Database): Database {
  return {
    ...database,
    inTransaction: (work) =>
      database.inTransaction(async (tx) => {
        await tx.run('SET LOCAL lock_timeout = 50');
        return await work(tx);
      }),
  };
}
