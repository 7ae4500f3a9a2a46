/** Databases that fail on purpose. */
import type { Database, Tx } from '#mixins/database/database.ts';

/**
 * The same database, but statements whose parameters contain this text fail while `is` returns
 * true. So would a bug, or an unexpected constraint. Dead-lettering works.
 */
export function failingAt(database: Database, text: string, is: () => boolean = () => true): Database {
  const guarded =
    <Answer>(use: (sql: string, bind?: readonly unknown[]) => Promise<Answer>) =>
    (sql: string, bind: readonly unknown[] = []) => {
      const isDeadLettering = /(INTO|UPDATE|FROM) (dead_letter|attempt)\b/.test(sql);
      if (is() && !isDeadLettering && JSON.stringify(bind).includes(text))
        throw new TypeError(`Unlucky ${text}`);
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
 * The same database, but its transactions wait only a moment for a lock. So tests wait less than
 * services do.
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
