/** The driver's connection in the pool. It sends no statement whose deadline has passed. */
import pg from 'pg';
import { currentScope, DeadlinePassedError } from '#mixins/call-scope.ts';
import { isSilence } from './errors.ts';

/** Ends a transaction that is given up. It is sent also after the deadline. */
export const ROLLBACK = 'ROLLBACK';

/**
 * The server ends a statement before the deadline. Its answer may take this many milliseconds
 * longer.
 */
const LAST_ANSWER_MS = 100;

type Done = (error: unknown, result?: unknown) => void;

/** Parts that the driver's declarations leave out. */
interface Wire {
  query(statement: Submitted, done: Done): void;
}
interface Submitted {
  readonly text: string;
  submit(connection: unknown): Error | null;
}

const Statement = pg.Query as unknown as new (...args: unknown[]) => Submitted;

/**
 * Checks its deadline at the moment of sending, because earlier statements of the connection may
 * have taken long.
 */
class TimelyStatement extends Statement {
  readonly #scope = currentScope();
  /**
   * How long the driver waits for the answer, in milliseconds. With it, a silent server delays no
   * caller beyond the deadline.
   */
  readonly query_timeout = this.#scope && Math.max(0, this.#scope.leftMs) + LAST_ANSWER_MS;

  override submit(connection: unknown): Error | null {
    if (this.#scope?.isOver && this.text !== ROLLBACK) return new DeadlinePassedError();
    return super.submit(connection);
  }
}

/**
 * Sequelize listens to a connection's errors only once the connection is up. A server that dies
 * before that reports it in the same packet. An error event without a listener ends the process
 * (measured).
 */
export class PooledClient extends pg.Client {
  /** Marks the connection so that Sequelize's pool discards it. */
  _invalid = false;

  constructor(config: pg.ClientConfig) {
    super(config);
    this.on('error', () => {
      this._invalid = true;
    });
    const send = this.query.bind(this) as unknown as Wire['query'];
    // Sequelize calls it with a callback, this project awaits a promise.
    this.query = ((...args: unknown[]) => {
      const done = typeof args.at(-1) === 'function' ? (args.pop() as Done) : undefined;
      const statement = new TimelyStatement(...args);
      if (done !== undefined) return send(statement, (error, result) => done(this.#noted(error), result));
      return new Promise((resolve, reject) => {
        send(statement, (error, result) => (error ? reject(this.#noted(error)) : resolve(result)));
      });
    }) as pg.Client['query'];
  }

  /** If a server did not answer one statement, the next one would wait as long again. */
  #noted(error: unknown): unknown {
    if (isSilence(error)) giveUp(this);
    return error;
  }
}

export interface Abandonable extends Pick<pg.Client, 'connection'> {
  /** Marks the connection so that Sequelize's pool discards it. */
  _invalid?: boolean;
}

/**
 * The connection is lost or out of date, or the server is silent. Nothing more is sent over it, not
 * even a roll-back.
 */
export function giveUp(connection: Abandonable): void {
  connection._invalid = true;
  connection.connection.stream.destroy();
}
