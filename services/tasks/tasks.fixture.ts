/**
 * Shared parts of this service's tests: a database of their own, people, requests, and the check
 * that nothing changed.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { addressesOf } from '#mixins/database/address.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import type { IdempotentRequest } from '#mixins/database/idempotency.ts';
import { migrate } from '#mixins/database/migrate.ts';
import { provision } from '#mixins/database/provision.ts';
import { makeSequelize } from '#mixins/database/sequelize.ts';
import { makeDatabase } from '#mixins/database/transaction.ts';
import type { Request } from '#mixins/identity/request.ts';
import { decodeEvent } from '#schemas/avro.ts';
import type { EventContract, EventData } from '#schemas/event.ts';
import { userChanged } from '#schemas/events/auth/user-changed.v1.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { createTask } from './create-task.handler.ts';
import { COLUMNS } from './task.store.ts';
import type { OpenTask, TaskView } from './task.ts';
import { copyUsers, type UserDelivery } from './users/copy-users.handler.ts';

/** Connects to the database of a configuration, like the service. */
export async function connectTasks(config: Config, poolSize = 5) {
  const addresses = addressesOf(config, 'tasks');
  const { runtime } = await provision(addresses);
  const migrations = new URL('./migrations/', import.meta.url);
  await migrate({
    owner: addresses.owner,
    runtimeRole: runtime.user,
    service: 'tasks',
    migrations,
  });
  const sequelize = makeSequelize({
    service: 'tasks',
    primary: runtime,
    read: null,
    poolSize,
  });
  const onError = (error: unknown) => {
    throw error;
  };
  const database = makeDatabase({ service: 'tasks', sequelize, primary: runtime, onError });
  return { database, disconnect: () => sequelize.close() };
}

export interface TestDatabase {
  readonly config: Config;
  readonly database: Database;
  close(): Promise<void>;
}

/** A migrated database for one test file. */
export async function openTestDatabase(poolSize = 10): Promise<TestDatabase> {
  const config = testConfig();
  const { database, disconnect } = await connectTasks(config, poolSize);
  const close = async () => {
    await disconnect();
    await dropNamespace(config);
  };
  return { config, database, close };
}

/** An id with a readable number: `popug(7)` ends in 7. */
export const popug = (n: number): string => `0195a000-0000-7000-8000-${String(n).padStart(12, '0')}`;

export interface TestUser {
  readonly id: string;
  readonly name?: string;
  readonly roles?: readonly string[];
  readonly active?: boolean;
  readonly version?: number;
}

/** The newest event of a user, as a delivery. */
export function userDelivery(user: TestUser): UserDelivery {
  const { id, name = `Popug ${id.slice(-2)}`, roles = ['developer'], active = true, version = 1 } = user;
  return {
    id: randomUUID(),
    type: userChanged.type,
    source: 'auth',
    subject: `user/${id}`,
    aggregateId: id,
    sequence: version,
    time: new Date(),
    actorId: 'service:auth',
    actorAddress: null,
    correlationId: randomUUID(),
    causationId: null,
    traceparent: null,
    data: {
      userId: id,
      login: id,
      name,
      email: `${id}@popug.example`,
      locale: null,
      roles,
      active,
      mustChangeBeak: false,
      tokenVersion: version,
    },
  };
}

/** Applies the newest events of users as one batch of the consumer. */
export function putUsers(database: Database, users: readonly TestUser[]): Promise<void> {
  return database.inTransaction((tx) => copyUsers(users.map(userDelivery), tx));
}

export function requestOf(userId: string, idempotency: IdempotentRequest | null = null): Request {
  return {
    actor: { userId, login: 'popug', name: 'Popug by token', roles: [], sessionId: randomUUID() },
    cause: {
      actorId: userId,
      actorAddress: '192.0.2.7',
      correlationId: randomUUID(),
      causationId: null,
      traceparent: null,
    },
    idempotency,
  };
}

export const words = (): number => randomInt(2 ** 32);

/** Creates tasks one after the other. */
export async function createTasks(database: Database, count: number): Promise<TaskView[]> {
  const tasks: TaskView[] = [];
  for (let n = 1; n <= count; n++) {
    tasks.push(await createTask(database, { title: `Task ${n}` }, requestOf(popug(99)), words));
  }
  return tasks;
}

/**
 * Creates many tasks with one statement and assigns them in turn to the assignable users, for tests
 * that only need existing tasks. The caller still has to append their events.
 */
export function addTasks(tx: Tx, count: number): Promise<OpenTask[]> {
  return tx.rows<OpenTask>(
    `WITH made AS (
       INSERT INTO task (id, title, external_id, description, assignee_id, created_by_id, created_by_name, created_at)
       SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
           || '8' || substr(md5(random()::text), 1, 15))::uuid,
         'Wash the cage number ' || n, 'POPUG-' || n, repeat('with soap and water ', 5), id, id, 'Mia', clock_timestamp()
       FROM generate_series(1, $1::integer) AS n
       JOIN user_copy ON seat = n % (SELECT max(seat) + 1 FROM user_copy)
       RETURNING *
     ), assigned AS (
       INSERT INTO assignment (task_id, version, assignee_id, assigned_at)
       SELECT id, version, assignee_id, created_at FROM made
     ) SELECT ${COLUMNS} FROM made`,
    [count],
  );
}

/** All data that a refused request must leave unchanged. */
export async function everything(database: Database): Promise<unknown> {
  const [state] = await database.rows(
    `SELECT (SELECT json_agg(t ORDER BY id) FROM task t) AS tasks,
       (SELECT json_agg(a ORDER BY task_id, version) FROM assignment a) AS assignments,
       (SELECT json_agg(s ORDER BY id) FROM shuffle s) AS shuffles,
       (SELECT count(*) FROM shuffle_chunk) AS chunks,
       (SELECT json_agg(o.position ORDER BY o.position) FROM outbox o) AS events,
       (SELECT count(*) FROM idempotency_key) AS keys`,
  );
  return state;
}

export interface StoredEvent<C extends EventContract> {
  readonly aggregate: string;
  readonly sequence: number;
  readonly actorId: string;
  readonly actorAddress: string | null;
  readonly correlationId: string;
  readonly data: EventData<C>;
}

/** The events of a type, in the order in which they were appended. */
export async function eventsOf<C extends EventContract>(
  database: Database,
  contract: C,
): Promise<StoredEvent<C>[]> {
  const rows = await database.rows<StoredEvent<C> & { payload: Buffer }>(
    `SELECT aggregate, sequence, actor_id AS "actorId", actor_address AS "actorAddress",
       correlation_id AS "correlationId", payload
     FROM outbox WHERE type = $1 ORDER BY position`,
    [contract.type],
  );
  return rows.map(({ payload, ...row }) => ({
    ...row,
    data: decodeEvent(contract, contract.schema, payload),
  }));
}

/**
 * The same database, but each transaction first runs `action` before it commits. It fails if
 * `action` does.
 */
export function beforeCommit(database: Database, action: () => Promise<void>): Database {
  return {
    service: database.service,
    sequelize: database.sequelize,
    primary: database.primary,
    rows: (sql, bind) => database.rows(sql, bind),
    newest: database.newest,
    hasReplica: database.hasReplica,
    inTransaction: (work) =>
      database.inTransaction(async (tx) => {
        const result = await work(tx);
        await action();
        return result;
      }),
  };
}
