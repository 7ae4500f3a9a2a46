/** The interface of a database for handlers and stores. */
import { hash } from 'node:crypto';
import type { Sequelize } from 'sequelize';
import type { Address } from './address.ts';

/**
 * A transaction on the primary. Every writing function takes one, so none can write outside a
 * transaction by mistake.
 */
export interface Tx extends Reader {
  readonly database: Database;
  /** Runs one statement and returns how many rows it changed. */
  run(sql: string, bind?: readonly unknown[]): Promise<number>;
  /**
   * `action` is called once after the commit, in order of registration, and never after a
   * roll-back. It must not throw.
   */
  afterCommit(action: () => void): void;
}

/** The source of a store's reads: a database, its newest state, or a transaction. */
export interface Reader {
  /**
   * The rows of one statement. `bind` holds its $1, $2 …; arrays become PostgreSQL arrays. `bigint`
   * columns are safe integers.
   */
  rows<Row extends object>(sql: string, bind?: readonly unknown[]): Promise<Row[]>;
}

export interface Database extends Reader {
  /** The service that owns it. Its events carry this name as their source. */
  readonly service: string;
  readonly sequelize: Sequelize;
  /** The address of the primary, for connections outside the pool. */
  readonly primary: Address;
  /**
   * Runs `work` in one READ COMMITTED transaction. An error of `work` rolls back and is rethrown.
   * In a call of an action, no statement is sent after the deadline (`DeadlinePassedError`). `work`
   * runs a second time where a lost connection, an outdated statement, a deadlock or a
   * serialisation failure rolled back the first attempt. So it must not keep anything of that
   * attempt. Throws `OutcomeUnknownError` where the server did not answer the COMMIT.
   */
  inTransaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /**
   * Reads outside a transaction, from the replica where there is one. The replica may be some
   * milliseconds late, so never decide about money or state by it. The primary answers while the
   * replica is away or too late.
   */
  rows<Row extends object>(sql: string, bind?: readonly unknown[]): Promise<Row[]>;
  /**
   * Reads that must include the newest writes. They go to the primary, and to the replica only
   * while the primary is away.
   */
  readonly newest: Reader;
  /** Whether there is a replica, so that `rows` may lack what `newest` has. */
  readonly hasReplica: boolean;
}

/**
 * Finds something whose id its maker gets as soon as it exists. The replica may lack it still, so
 * the primary is asked before it counts as missing.
 */
export async function lookUp<Found>(
  database: Database,
  find: (reader: Reader) => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const found = await find(database);
  return found === undefined && database.hasReplica ? find(database.newest) : found;
}

/**
 * Length of the name of a prepared statement, in hexadecimal digits. Long enough that no two texts
 * share a name.
 */
const NAME_DIGITS = 16;

/**
 * PostgreSQL's names of prepared statements, by text. They are the same in every process, because a
 * pooler may share a connection among processes.
 */
const names = new Map<string, string>();

/**
 * Marks a statement as prepared and returns it unchanged. PostgreSQL parses a prepared statement
 * once for each connection, and usually stops planning it after five calls. That saves half the cost
 * of a small statement (measured). The plan stays until one of its tables is analysed or altered. So
 * mark only statements whose plan stays right as the table grows: inserts, locks, look-ups by key.
 * Never mark a text that contains a caller's values: each connection keeps every text until it ends.
 */
export function prepared(sql: string): string {
  if (!names.has(sql)) names.set(sql, `statement_${hash('sha256', sql).slice(0, NAME_DIGITS)}`);
  return sql;
}

/** The name under which to prepare a statement. Undefined for a statement that is not marked. */
export function preparedName(sql: string): string | undefined {
  return names.get(sql);
}
