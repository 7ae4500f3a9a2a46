/**
 * The service's database on Sequelize's pool. Statements and transactions use the driver's
 * connection directly. Sequelize would rewrite raw SQL (it reads `$$` as an escape and some texts
 * as its own statements). It would also copy bound values, and not report whether a COMMIT was
 * answered.
 */
import type { Sequelize } from 'sequelize';
import { type CallScope, currentScope } from '#mixins/call-scope.ts';
import { traced } from '#mixins/tracing/traces.ts';
import type { Address } from './address.ts';
import { Admission } from './admission.ts';
import type { Database, Reader, Tx } from './database.ts';
import { limitsIn, onConnection, reading, repeating } from './pool.ts';
import { PRIMARY_ONLY, type ReadRoute, type Server } from './read-route.ts';
import type { Session } from './session.ts';

export interface DatabaseOptions {
  readonly service: string;
  readonly sequelize: Sequelize;
  /** The address to which Sequelize connects. */
  readonly primary: Address;
  /** Called with an error that an `afterCommit` action threw. */
  readonly onError: (error: unknown) => void;
  /** Throws while nothing may be written, because the database is not migrated yet. */
  readonly assertWritable?: () => void;
  /** Chooses between the primary and the replica. Default: there is no replica. */
  readonly reads?: ReadRoute;
}

/**
 * The `Database` of a service over its pool. Its methods throw the errors of `errors.ts`, and
 * `DeadlinePassedError`.
 */
export function makeDatabase(options: DatabaseOptions): Database {
  const { service, sequelize, primary, onError, assertWritable, reads = PRIMARY_ONLY } = options;
  const admission = new Admission(sequelize.config.pool?.max ?? 1);
  const reader = (wanted: Server): Reader => ({
    rows: (sql, bind = []) => reads.run(wanted, (server) => rowsFrom(sequelize, server, sql, bind)),
  });

  async function attempt<Result>(
    work: (tx: Tx) => Promise<Result>,
    scope: CallScope | undefined,
    usesPrepared: boolean,
    waitedMs: number,
  ): Promise<Result> {
    const actions: (() => void)[] = [];
    const result = await onConnection(sequelize, 'primary', scope, usesPrepared, async (session) => {
      await session.begin(limitsIn(scope, waitedMs));
      const tx = makeTx(database, session, (action) => actions.push(action));
      const done = await work(tx);
      await session.commit();
      return done;
    });
    for (const action of actions) runSafely(action, onError);
    return result;
  }

  const database: Database = {
    service,
    sequelize,
    primary,
    async inTransaction(work) {
      assertWritable?.();
      const scope = currentScope();
      const run = (waitedMs: number) =>
        repeating(scope, (usesPrepared) => attempt(work, scope, usesPrepared, waitedMs));
      return inTransactionSpan(() => (scope === undefined ? run(0) : admission.run(scope, run)));
    },
    rows: reader('replica').rows,
    newest: reader('primary'),
    hasReplica: reads !== PRIMARY_ONLY,
  };
  return database;
}

/** The time of a transaction in the trace of its call, with its wait for a connection. */
export function inTransactionSpan<Result>(work: () => Promise<Result>): Promise<Result> {
  return traced('transaction', 'client', { 'db.system.name': 'postgresql' }, work);
}

function rowsFrom<Row extends object>(
  sequelize: Sequelize,
  server: Server,
  sql: string,
  bind: readonly unknown[],
): Promise<Row[]> {
  const scope = currentScope();
  return repeating(scope, (usesPrepared) =>
    onConnection(sequelize, server, scope, usesPrepared, async (session) => {
      const { rows } = await reading(session, scope, () => session.send(sql, bind));
      return rows as Row[];
    }),
  );
}

function makeTx(database: Database, session: Session, afterCommit: Tx['afterCommit']): Tx {
  return {
    database,
    rows: async <Row extends object>(sql: string, bind: readonly unknown[] = []) =>
      (await session.send(sql, bind)).rows as Row[],
    run: async (sql, bind = []) => (await session.send(sql, bind)).rowCount ?? 0,
    afterCommit,
  };
}

function runSafely(action: () => void, onError: (error: unknown) => void): void {
  try {
    action();
  } catch (error) {
    onError(error);
  }
}
