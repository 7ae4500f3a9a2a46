/**
 * The service's database on Sequelize: its pool and transactions, but statements of ours go to the driver's connection itself. Sequelize
 * rewrites raw SQL (it takes `$$` for an escape and some texts for its own statements) and copies what is bound.
 */
import type { QueryResult } from 'pg';
import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { Database, Reader, Tx } from './database.ts';
import { isStaleStatement, sqlStateOf, wrapDriverError } from './errors.ts';
import { preparedName } from './prepared.ts';
import { PRIMARY_ONLY, type ReadRoute, type Server } from './read-route.ts';
import { type Abandonable, giveUp } from './sequelize.ts';

/** What Sequelize keeps of a driver's connection and its declarations leave out. */
interface PooledConnection extends Abandonable {
  query(statement: Statement): Promise<QueryResult<object>>;
}

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** With a parse of its own, so that the text is one statement, whatever it says. */
  readonly queryMode: 'extended';
  /** Of a statement that stays parsed in its connection (prepared.ts). */
  readonly name?: string | undefined;
}

interface ConnectionManager {
  getConnection(options: { readonly type: string; readonly useMaster: boolean }): Promise<PooledConnection>;
  releaseConnection(connection: PooledConnection): void;
}

export interface DatabaseOptions {
  readonly service: string;
  readonly sequelize: Sequelize;
  /** Told what an `afterCommit` action threw. */
  readonly onError: (error: unknown) => void;
  /** Throws as long as nothing may be written yet (the database is not migrated). */
  readonly assertWritable?: () => void;
  /** Between the primary and the replica. Default: there is no replica. */
  readonly reads?: ReadRoute;
}

/** The `Database` of a service over its pool. Its methods throw what `errors.ts` names. */
export function makeDatabase(options: DatabaseOptions): Database {
  const { service, sequelize, onError, assertWritable, reads = PRIMARY_ONLY } = options;
  const reader = (wanted: Server): Reader => ({
    rows: (sql, bind = []) => reads.run(wanted, (server) => rowsFrom(sequelize, server, sql, bind)),
  });
  const database: Database = {
    service,
    sequelize,
    async inTransaction(work) {
      assertWritable?.();
      const actions: (() => void)[] = [];
      const result = await sequelize.transaction((transaction) =>
        work(makeTx(database, transaction, (action) => actions.push(action))),
      );
      for (const action of actions) runSafely(action, onError);
      return result;
    },
    rows: reader('replica').rows,
    newest: reader('primary'),
    hasReplica: reads !== PRIMARY_ONLY,
  };
  return database;
}

async function rowsFrom<Row extends object>(
  sequelize: Sequelize,
  server: Server,
  sql: string,
  bind: readonly unknown[],
): Promise<Row[]> {
  const manager = sequelize.connectionManager as unknown as ConnectionManager;
  const connection = await manager.getConnection({
    type: QueryTypes.SELECT,
    useMaster: server === 'primary',
  });
  try {
    return (await query(connection, sql, bind)).rows as Row[];
  } finally {
    manager.releaseConnection(connection);
  }
}

function makeTx(database: Database, transaction: Transaction, afterCommit: Tx['afterCommit']): Tx {
  const connection = connectionOf(transaction);
  const use = (sql: string, bind: readonly unknown[]) => {
    // Its connection may belong to another transaction by now.
    if ('finished' in transaction && transaction.finished !== undefined) {
      return Promise.reject(new TypeError('The transaction is over: a statement was not awaited'));
    }
    return query(connection, sql, bind);
  };
  return {
    transaction,
    database,
    rows: async <Row extends object>(sql: string, bind: readonly unknown[] = []) =>
      (await use(sql, bind)).rows as Row[],
    run: async (sql, bind = []) => (await use(sql, bind)).rowCount ?? 0,
    afterCommit,
  };
}

function connectionOf(transaction: Transaction): PooledConnection {
  return (transaction as unknown as { connection: PooledConnection }).connection;
}

async function query(
  connection: PooledConnection,
  sql: string,
  bind: readonly unknown[],
): Promise<QueryResult<object>> {
  const missing = bind.indexOf(undefined);
  if (missing !== -1) throw new TypeError(`$${missing + 1} is undefined; null is what PostgreSQL knows`);
  try {
    return await connection.query({
      text: sql,
      values: bind,
      queryMode: 'extended',
      name: preparedName(sql),
    });
  } catch (error) {
    const wrapped = wrapDriverError(error);
    if (isStaleStatement(error) || (wrapped !== error && sqlStateOf(error) === undefined)) giveUp(connection);
    throw wrapped;
  }
}

function runSafely(action: () => void, onError: (error: unknown) => void): void {
  try {
    action();
  } catch (error) {
    onError(error);
  }
}
