/** Statements over one connection of the pool, and the transaction that is open in it. */
import type { QueryResult } from 'pg';
import { type CallScope, DeadlinePassedError } from '#mixins/call-scope.ts';
import { arrayLiteral } from './array-literal.ts';
import { preparedName } from './database.ts';
import {
  DeadConnectionError,
  isConnectionLost,
  isStaleStatement,
  mayHaveCommitted,
  OutcomeUnknownError,
  sqlStateOf,
  wrapDriverError,
} from './errors.ts';
import { areEqual, type Limits, limitsWithin, REQUEST_LIMITS, setLocal } from './limits.ts';
import { type Abandonable, giveUp, ROLLBACK } from './pooled-client.ts';

/** Fields that Sequelize keeps on a driver's connection and that its declarations leave out. */
export interface PooledConnection extends Abandonable {
  query(statement: string | Statement): Promise<QueryResult<object>>;
}

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Uses the extended protocol, which never takes a text for several statements. */
  readonly queryMode: 'extended';
  /** The name of a statement that stays parsed in its connection (`prepared` in database.ts). */
  readonly name?: string | undefined;
}

const COMMIT = 'COMMIT';
/** A statement that changes nothing. No function that this project calls in a SELECT writes. */
const READ = /^\s*SELECT\b/i;

export class Session {
  readonly connection: PooledConnection;
  readonly #scope: CallScope | undefined;
  /** False: no statement uses the connection's prepared statements, which may be out of date. */
  readonly #usesPrepared: boolean;
  #limits: Limits = REQUEST_LIMITS;
  #isOpen = false;
  /** Set before COMMIT or ROLLBACK is sent: a statement after it would be committed by itself. */
  #isOver = false;
  #hasWritten = false;

  constructor(connection: PooledConnection, scope: CallScope | undefined, usesPrepared = true) {
    this.connection = connection;
    this.#scope = scope;
    this.#usesPrepared = usesPrepared;
  }

  /** Opens a transaction in which statements have these limits. */
  async begin(limits: Limits): Promise<void> {
    this.#limits = limits;
    this.#isOpen = true;
    const isDefault = areEqual(limits, REQUEST_LIMITS);
    await this.first(() =>
      this.#query(isDefault ? 'START TRANSACTION' : `START TRANSACTION; ${setLocal(limits)}`),
    );
  }

  /**
   * Runs the first statement of the connection, which only begins or reads. Throws
   * `DeadConnectionError` where the connection was lost.
   */
  async first<Result>(send: () => Promise<Result>): Promise<Result> {
    try {
      return await send();
    } catch (error) {
      throw isConnectionLost(error) ? new DeadConnectionError(error as Error) : error;
    }
  }

  /**
   * Runs one statement. Throws the errors of `errors.ts`, `DeadlinePassedError` when it is too late,
   * and `TypeError` after the transaction.
   */
  async send(sql: string, bind: readonly unknown[]): Promise<QueryResult<object>> {
    const missing = bind.indexOf(undefined);
    if (missing !== -1) throw new TypeError(`$${missing + 1} is undefined. Bind null where NULL is meant`);
    await this.#tighten();
    if (this.#isOver) throw new TypeError('The transaction is over: a statement was not awaited');
    this.#hasWritten ||= !READ.test(sql);
    const name = this.#usesPrepared ? preparedName(sql) : undefined;
    const values = bind.map((value) => (Array.isArray(value) ? arrayLiteral(value) : value));
    return this.#query({ text: sql, values, queryMode: 'extended', name });
  }

  /**
   * Throws `OutcomeUnknownError` where the server did not report the outcome. After any other error
   * nothing was committed.
   */
  async commit(): Promise<void> {
    this.#isOver = true;
    const { command } = await (this.#hasWritten ? this.#commitChanges() : this.#query(COMMIT));
    this.#isOpen = false;
    // PostgreSQL answers so when a statement had failed and its error was not rethrown.
    if (command === ROLLBACK)
      throw new Error('The transaction was rolled back: one of its statements had failed');
  }

  async #commitChanges(): Promise<QueryResult<object>> {
    const scope: Pick<CallScope, 'hasCommitted'> = this.#scope ?? { hasCommitted: false };
    const { hasCommitted } = scope;
    scope.hasCommitted = true;
    try {
      const result = await this.#query(COMMIT);
      if (result.command === ROLLBACK) scope.hasCommitted = hasCommitted;
      return result;
    } catch (error) {
      if (!mayHaveCommitted(error)) {
        scope.hasCommitted = hasCommitted;
        throw error;
      }
      giveUp(this.connection);
      throw new OutcomeUnknownError(error as Error);
    }
  }

  /** Rolls an open transaction back. Never throws: a connection that fails at it is given up. */
  async rollBack(): Promise<void> {
    this.#isOver = true;
    if (!this.#isOpen || this.connection._invalid) return;
    this.#isOpen = false;
    await this.#query(ROLLBACK).catch(() => giveUp(this.connection));
  }

  /**
   * No statement may run beyond the deadline. Where less time is left than its limit, the limit is
   * lowered first.
   */
  async #tighten(): Promise<void> {
    if (!this.#isOpen || this.#scope === undefined) return;
    const { leftMs } = this.#scope;
    if (leftMs >= this.#limits.statementMs || leftMs <= 0) return;
    this.#limits = { ...this.#limits, statementMs: limitsWithin(this.#limits, leftMs).statementMs };
    await this.#query(setLocal(this.#limits));
  }

  async #query(statement: string | Statement): Promise<QueryResult<object>> {
    try {
      return await this.connection.query(statement);
    } catch (error) {
      // Without an answer of PostgreSQL, the connection is lost, or the driver has failed midway: it
      // closes a prepared statement whose values it can't encode, and later takes it for open.
      const isUnsure = sqlStateOf(error) === undefined && !(error instanceof DeadlinePassedError);
      if (isUnsure || isStaleStatement(error)) giveUp(this.connection);
      throw wrapDriverError(error);
    }
  }
}
