/**
 * Sequelize with this project's settings: time limits, a small pool, reads from the replica where
 * there is one.
 */
import pg from 'pg';
import { type Options, type QueryOptions, QueryTypes, Sequelize, type Transaction } from 'sequelize';
import { currentScope, runOutOfScope } from '#mixins/call-scope.ts';
import { PROJECT } from '../../product.ts';
import type { Address } from './address.ts';
import { CONNECT_WITHIN_MS, tlsOptions } from './client.ts';
import { REQUEST_LIMITS } from './limits.ts';
import { onConnection, reading, repeating } from './pool.ts';
import { PooledClient } from './pooled-client.ts';
import { PRIMARY_ONLY, type ReadRoute } from './read-route.ts';

/**
 * A transaction that is idle for this long belongs to a dead node, and others need its locks.
 * Milliseconds.
 */
const IDLE_IN_TRANSACTION_MS = 5_000;
/**
 * Time limit for a server that does not answer: a dead host sends nothing. Above the server's own
 * limit. Milliseconds.
 */
const ANSWER_WITHIN_MS = 12_000;
/**
 * How long a request waits for a connection of the pool, in milliseconds: as long as its caller
 * waits.
 */
const ACQUIRE_MS = 5_000;
/**
 * How long an unused connection is kept, in milliseconds. Keeping one is cheap, and making one
 * costs a process.
 */
const IDLE_MS = 60_000;
/**
 * The oldest supported server. It is set in advance, because Sequelize would otherwise ask the
 * primary. Then a node that starts while the primary is down could not read from the replica
 * (measured).
 */
const DATABASE_VERSION = '15.0.0';

const INT8 = 20;
const INT8_ARRAY = 1016;

/**
 * Reads `bigint` columns as numbers. A value beyond the safe integers is an error, because it would
 * become another number.
 */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`The bigint ${text} is no safe integer`);
  return value;
}

/** The parsers of the process; the driver's declarations leave arrays out. */
const types = pg.types as unknown as {
  setTypeParser(oid: number, parse: (text: string) => unknown): void;
  readonly arrayParser: {
    create(text: string, parseItem: (item: string) => unknown): { parse(): unknown };
  };
};
types.setTypeParser(INT8, safeInteger);
types.setTypeParser(INT8_ARRAY, (text) => types.arrayParser.create(text, safeInteger).parse());

export interface SequelizeOptions {
  readonly service: string;
  readonly primary: Address;
  readonly read: Address | null;
  /** Where reads of models go. Default: to the primary. */
  readonly reads?: ReadRoute;
  /** Connections to each of the servers. */
  readonly poolSize: number;
  /** Time limit of an answer, in milliseconds. Default `ANSWER_WITHIN_MS`. */
  readonly answerWithinMs?: number | undefined;
}

/**
 * Does not connect yet. Models have no timestamps and no plural names by default; columns are in
 * snake_case.
 */
export function makeSequelize({
  service,
  primary,
  read,
  reads = PRIMARY_ONLY,
  poolSize,
  answerWithinMs = ANSWER_WITHIN_MS,
}: SequelizeOptions): Sequelize {
  const options: Options & { databaseVersion: string } = {
    ...connection(service, primary, answerWithinMs),
    dialect: 'postgres',
    dialectModule: { ...pg, types: pg.types, Client: PooledClient },
    databaseVersion: DATABASE_VERSION,
    logging: false,
    pool: { max: poolSize, min: 0, acquire: ACQUIRE_MS, idle: IDLE_MS },
    define: { timestamps: false, freezeTableName: true, underscored: true },
  };
  if (read !== null) {
    options.replication = {
      write: connection(service, primary, answerWithinMs),
      read: [connection(service, read, answerWithinMs)],
    };
  }
  const sequelize = new Sequelize(options);
  routeQueries(sequelize, reads);
  connectOutOfScope(sequelize);
  return sequelize;
}

/**
 * The pool gives a connection made during one call to other calls, possibly at once. So the
 * deadline of that call must not apply to it.
 */
function connectOutOfScope(sequelize: Sequelize): void {
  // Sequelize's declarations leave `_connect` out.
  const manager = sequelize.connectionManager as unknown as { _connect(config: object): Promise<unknown> };
  const connect = manager._connect.bind(manager);
  manager._connect = (config) => runOutOfScope(() => connect(config));
}

type Query = (sql: unknown, options?: QueryOptions) => Promise<unknown>;

/**
 * Models read through `query`. A SELECT outside a transaction follows `reads`, and goes to the
 * primary first with `useMaster`.
 */
function routeQueries(sequelize: Sequelize, reads: ReadRoute): void {
  const query = sequelize.query.bind(sequelize) as Query;
  const routed: Query = (sql, options = {}) => {
    if (options.type !== QueryTypes.SELECT || options.transaction) return query(sql, options);
    const scope = currentScope();
    return reads.run(options.useMaster ? 'primary' : 'replica', (server) =>
      repeating(scope, () =>
        onConnection(sequelize, server, scope, false, (session) => {
          // Sequelize only uses the connection of a transaction.
          const transaction = { connection: session.connection } as unknown as Transaction;
          return reading(session, scope, () => query(sql, { ...options, transaction }));
        }),
      ),
    );
  };
  sequelize.query = routed as Sequelize['query'];
}

function connection(service: string, address: Address, answerWithinMs: number) {
  return {
    host: address.host,
    port: address.port,
    database: address.database,
    username: address.user,
    // The driver also accepts a function.
    ...(address.password === undefined ? {} : { password: address.password as string }),
    dialectOptions: {
      ...(address.ssl === undefined ? {} : { ssl: tlsOptions(address.ssl) }),
      application_name: `${PROJECT}-${service}`,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      query_timeout: answerWithinMs,
      statement_timeout: REQUEST_LIMITS.statementMs,
      lock_timeout: REQUEST_LIMITS.lockMs,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      options: '-c default_transaction_isolation=read\\ committed',
    },
  };
}
