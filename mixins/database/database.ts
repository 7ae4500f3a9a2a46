/** What a service's handlers and stores see of its database. */
import type { Sequelize, Transaction } from 'sequelize';

/** A transaction on the primary. Every function that writes takes one, so none can write outside of it by mistake. */
export interface Tx {
  /** Sequelize's own, for the models. */
  readonly transaction: Transaction;
  readonly database: Database;
  /** Rows of one statement; `bind` are its $1, $2 … (arrays become PostgreSQL arrays). `bigint` columns are safe integers. */
  rows<Row extends object>(sql: string, bind?: readonly unknown[]): Promise<Row[]>;
  /** Runs one statement and returns how many rows it changed. */
  run(sql: string, bind?: readonly unknown[]): Promise<number>;
  /** Called once after the commit, in order of registration; never after a roll-back. Must not throw. */
  afterCommit(action: () => void): void;
}

export interface Database {
  /** The service that owns it; its events carry this name as their source. */
  readonly service: string;
  readonly sequelize: Sequelize;
  /** Runs `work` in one READ COMMITTED transaction; what it throws rolls back and is thrown on. */
  inTransaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /** Reads outside a transaction, from the replica where there is one: never for a decision about money or state. */
  rows<Row extends object>(sql: string, bind?: readonly unknown[]): Promise<Row[]>;
}
