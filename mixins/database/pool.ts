/**
 * Uses Sequelize's pool for statements that do not go through Sequelize. Repeats them after a lost
 * connection.
 */
import { QueryTypes, type Sequelize } from 'sequelize';
import { type CallScope, DeadlinePassedError } from '#mixins/call-scope.ts';
import { DeadConnectionError, isWorthRepeating } from './errors.ts';
import { areEqual, type Limits, limitsWithin, REQUEST_LIMITS, SERVICE_LIMITS } from './limits.ts';
import type { Server } from './read-route.ts';
import { type PooledConnection, Session } from './session.ts';

/** Parts that Sequelize's declarations leave out, or declare for any driver. */
interface ConnectionManager {
  getConnection(options: { readonly type: string; readonly useMaster: boolean }): Promise<PooledConnection>;
  releaseConnection(connection: PooledConnection): void;
  destroyConnection(connection: PooledConnection): Promise<void>;
}

/**
 * The limits of work in this scope, or of a service's own work. `waitedMs`: time spent waiting for
 * other changes of the same thing.
 */
export function limitsIn(scope: CallScope | undefined, waitedMs = 0): Limits {
  if (scope === undefined) return SERVICE_LIMITS;
  return limitsWithin(scope.isRequest ? REQUEST_LIMITS : SERVICE_LIMITS, scope.leftMs, waitedMs);
}

/**
 * Runs `work` on a connection. A transaction that it leaves open is rolled back. Throws
 * `DeadlinePassedError` when it is too late.
 */
export async function onConnection<Result>(
  sequelize: Sequelize,
  server: Server,
  scope: CallScope | undefined,
  usesPrepared: boolean,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const manager = sequelize.connectionManager as unknown as ConnectionManager;
  const connection = await acquire(manager, server, scope);
  const session = new Session(connection, scope, usesPrepared);
  try {
    return await work(session);
  } finally {
    await session.rollBack();
    // Closing the connection of a dead server may take long, and nothing needs the result.
    if (connection._invalid) void manager.destroyConnection(connection).catch(() => {});
    else manager.releaseConnection(connection);
  }
}

/** Waits until the deadline at most. A connection that comes later goes back to the pool. */
function acquire(
  manager: ConnectionManager,
  server: Server,
  scope: CallScope | undefined,
): Promise<PooledConnection> {
  if (scope?.isOver) return Promise.reject(new DeadlinePassedError());
  const acquiring = manager.getConnection({ type: QueryTypes.SELECT, useMaster: server === 'primary' });
  if (scope === undefined) return acquiring;
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new DeadlinePassedError());
    }, scope.leftMs);
    acquiring
      .then((connection) => (isLate ? manager.releaseConnection(connection) : resolve(connection)), reject)
      .finally(() => clearTimeout(timer));
  });
}

/**
 * Runs a read within the limits of its scope. A connection has the limits of a request that has
 * just begun. Other limits need a transaction.
 */
export async function reading<Result>(
  session: Session,
  scope: CallScope | undefined,
  read: () => Promise<Result>,
): Promise<Result> {
  const limits = limitsIn(scope);
  if (areEqual(limits, REQUEST_LIMITS)) return session.first(read);
  await session.begin(limits);
  return read();
}

/**
 * A restarted server leaves a pool full of dead connections. One transaction or read replaces at
 * most this many.
 */
const MAX_DEAD_CONNECTIONS = 10;

/**
 * Runs `attempt`, on another connection where the first one was already dead. In a call, it runs a
 * second time if the first attempt changed nothing and a retry is likely to succeed. That is so
 * after a lost connection, a statement that an altered table outdated, or a lost race with another
 * transaction. The second attempt uses no prepared statements, because all connections of the pool
 * may have outdated ones. Consumers and loops repeat and count attempts themselves.
 */
export async function repeating<Result>(
  scope: CallScope | undefined,
  attempt: (usesPrepared: boolean) => Promise<Result>,
): Promise<Result> {
  let dead = 0;
  for (let isFirst = true; ; ) {
    try {
      return await attempt(isFirst);
    } catch (error) {
      if (scope?.isOver) throw error;
      if (error instanceof DeadConnectionError && dead < MAX_DEAD_CONNECTIONS) {
        dead += 1;
        continue;
      }
      if (scope === undefined || !isFirst || !isWorthRepeating(error)) throw error;
      isFirst = false;
    }
  }
}
