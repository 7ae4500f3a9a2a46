/** Statements over one connection of the pool, and the transaction that is open in it. */
import type { QueryResult } from 'pg';
import utils from 'pg/lib/utils.js';
import type { CallScope } from '#mixins/call-scope.ts';
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
  /** Opens a transaction; undefined where none is to be opened, or one was. */
  #opening: string | undefined;
  #isOpen = false;
  #hasWritten = false;
  #atEnd: (readonly [sql: string, bind: readonly unknown[]])[] = [];

  constructor(connection: PooledConnection, scope: CallScope | undefined, usesPrepared = true) {
    this.connection = connection;
    this.#scope = scope;
    this.#usesPrepared = usesPrepared;
  }

  /**
   * Opens a transaction in which statements have these limits. It is sent with the first statement.
   */
  begin(limits: Limits): void {
    this.#limits = limits;
    const isDefault = areEqual(limits, REQUEST_LIMITS);
    this.#opening = isDefault ? 'START TRANSACTION' : `START TRANSACTION; ${setLocal(limits)}`;
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
   * Runs one statement. Throws the errors of `errors.ts`, and `DeadlinePassedError` when it is too
   * late.
   */
  async send(sql: string, bind: readonly unknown[]): Promise<QueryResult<object>> {
    assertDefined(bind);
    if (this.#opening !== undefined) return this.#openWith(sql, bind);
    await this.#tighten();
    return this.#submit(sql, bind);
  }

  /**
   * Keeps a statement for the end of the transaction, and sends it with the COMMIT. Throws where a
   * value can't be sent, because the COMMIT would not wait for that.
   */
  sendAtEnd(sql: string, bind: readonly unknown[]): void {
    assertDefined(bind);
    this.#atEnd.push([sql, bind.map((value) => utils.prepareValue(value))]);
  }

  /** Sends the opening of a transaction, also for statements that are not sent by this session. */
  async open(): Promise<void> {
    const opening = this.#opening;
    if (opening === undefined) return;
    this.#opening = undefined;
    this.#isOpen = true;
    await this.first(() => this.#query(opening));
  }

  /** Sends the opening and the first statement together. Only the opening may run again elsewhere. */
  async #openWith(sql: string, bind: readonly unknown[]): Promise<QueryResult<object>> {
    const [opened, answer] = await Promise.allSettled([this.open(), this.#submit(sql, bind)]);
    if (opened.status === 'rejected') throw opened.reason;
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  }

  #submit(sql: string, bind: readonly unknown[]): Promise<QueryResult<object>> {
    this.#hasWritten ||= !READ.test(sql);
    const name = this.#usesPrepared ? preparedName(sql) : undefined;
    return this.#query({ text: sql, values: bind, queryMode: 'extended', name });
  }

  /**
   * Throws `OutcomeUnknownError` where the server did not report the outcome. After any other error
   * nothing was committed.
   */
  async commit(): Promise<void> {
    const [first, ...others] = this.#atEnd;
    if (this.#opening !== undefined) {
      // No statement was sent.
      if (first === undefined) return;
      await this.send(...first);
      this.#atEnd = others;
    }
    if (this.#atEnd.length > 0) await this.#tighten();
    const { command } = await this.#sendEnd();
    // PostgreSQL answers so when a statement had failed and its error was not rethrown.
    if (command === ROLLBACK)
      throw new Error('The transaction was rolled back: one of its statements had failed');
  }

  /**
   * Sends the statements for the end and the COMMIT together. Where one of them fails, PostgreSQL
   * rolls back at the COMMIT.
   */
  async #sendEnd(): Promise<QueryResult<object>> {
    const scope: Pick<CallScope, 'hasCommitted'> = this.#scope ?? { hasCommitted: false };
    const { hasCommitted } = scope;
    const statements = this.#atEnd.map(([sql, bind]) => this.#submit(sql, bind));
    const mayCommit = this.#hasWritten;
    scope.hasCommitted ||= mayCommit;
    const [end, ...answers] = await Promise.allSettled([this.#query(COMMIT), ...statements]);
    const failed = answers.find(isRefusal);
    if (end.status === 'fulfilled') {
      this.#isOpen = false;
      if (failed === undefined) return end.value;
    } else if (mayCommit && failed === undefined && mayHaveCommitted(end.reason)) {
      giveUp(this.connection);
      throw new OutcomeUnknownError(end.reason as Error);
    }
    scope.hasCommitted = hasCommitted;
    throw failed?.reason ?? (end as PromiseRejectedResult).reason;
  }

  /** Rolls an open transaction back. Never throws: a connection that fails at it is given up. */
  async rollBack(): Promise<void> {
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
      const wrapped = wrapDriverError(error);
      const isLost = wrapped !== error && sqlStateOf(error) === undefined;
      if (isLost || isStaleStatement(error)) giveUp(this.connection);
      throw wrapped;
    }
  }
}

function assertDefined(bind: readonly unknown[]): void {
  const missing = bind.indexOf(undefined);
  if (missing !== -1) throw new TypeError(`$${missing + 1} is undefined; null is what PostgreSQL knows`);
}

/** Whether the server answered a statement with an error. */
function isRefusal(answer: PromiseSettledResult<unknown>): answer is PromiseRejectedResult {
  return answer.status === 'rejected' && sqlStateOf(answer.reason) !== undefined;
}
