/** What a service's handlers and stores see of its database. */
import { hash } from 'node:crypto';
import type { Sequelize } from 'sequelize';
import type { Address } from './address.ts';

/** A transaction on the primary. Every function that writes takes one, so none can write outside of it by mistake. */
export interface Tx extends Reader {
  readonly database: Database;
  /** Runs one statement and returns how many rows it changed. */
  run(sql: string, bind?: readonly unknown[]): Promise<number>;
  /** Called once after the commit, in order of registration; never after a roll-back. Must not throw. */
  afterCommit(action: () => void): void;
}

/** What stores read through: a database, the newest state of it, or a transaction. */
export interface Reader {
  /** Rows of one statement; `bind` are its $1, $2 … (arrays become PostgreSQL arrays). `bigint` columns are safe integers. */
  rows<Row extends object>(sql: string, bind?: readonly unknown[]): Promise<Row[]>;
}

export interface Database extends Reader {
  /** The service that owns it; its events carry this name as their source. */
  readonly service: string;
  readonly sequelize: Sequelize;
  /** Where the primary is, for connections beside the pool. */
  readonly primary: Address;
  /**
   * Runs `work` in one READ COMMITTED transaction; what it throws rolls back and is thrown on. In a call of an action nothing is
   * sent after its deadline (`DeadlinePassedError`), and `work` is run once more where the first attempt was rolled back by a lost
   * connection, an outdated statement, a deadlock or a serialisation failure: it must not keep anything of the first one.
   * Throws `OutcomeUnknownError` where the server did not answer to the COMMIT.
   */
  inTransaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /**
   * Reads outside a transaction, from the replica where there is one, which may be some milliseconds behind: never for a decision about
   * money or state. The primary answers while the replica does not, or is late.
   */
  rows<Row extends object>(sql: string, bind?: readonly unknown[]): Promise<Row[]>;
  /** Reads what its writer has to see at once: from the primary, and only while that is away from the replica. */
  readonly newest: Reader;
  /** Whether there is a replica, so that `rows` may not know yet what `newest` does. */
  readonly hasReplica: boolean;
}

/**
 * Finds one thing of those that are named to their maker as soon as they exist, by its id, say:
 * what the replica doesn't have is looked for on the primary before it counts as missing.
 */
export async function lookUp<Found>(
  database: Database,
  find: (reader: Reader) => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const found = await find(database);
  return found === undefined && database.hasReplica ? find(database.newest) : found;
}

/** Of the name of a prepared statement, in hexadecimal: no two texts share one. */
const NAME_DIGITS = 16;

/**
 * PostgreSQL's names of prepared statements, by text. The same in every process: a pooler may share
 * a connection among them.
 */
const names = new Map<string, string>();

/**
 * Marks a statement and returns it as it is. Called where its constant is made. PostgreSQL parses
 * it once a connection, and after five calls most often plans it no more: that is half of what a
 * small statement costs (measured). Its plan stays until a table that it reads is analysed or
 * altered. So mark only what leaves the planner no choice that grows wrong with a table: inserts,
 * locks, look-ups in tables that stay small. Never mark a text that holds what a caller sent: each
 * connection keeps every text for as long as it lives.
 */
export function prepared(sql: string): string {
  if (!names.has(sql)) names.set(sql, `statement_${hash('sha256', sql).slice(0, NAME_DIGITS)}`);
  return sql;
}

/** Under which name to prepare a statement; undefined for one that is not marked. */
export function preparedName(sql: string): string | undefined {
  return names.get(sql);
}
