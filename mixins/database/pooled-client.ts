/** The driver's connection as the pool keeps it: it sends nothing whose deadline has passed. */
import pg from 'pg';
import { currentScope, DeadlinePassedError } from '#mixins/call-scope.ts';
import { isSilence } from './errors.ts';

/** What ends a transaction that is given up; it is sent whatever the time. */
export const ROLLBACK = 'ROLLBACK';

/** The server ends a statement before the deadline; how long its answer may take after it, in milliseconds. */
const LAST_ANSWER_MS = 100;

type Done = (error: unknown, result?: unknown) => void;

/** What the driver's declarations leave out. */
interface Wire {
  query(statement: Submitted, done: Done): void;
}
interface Submitted {
  readonly text: string;
  submit(connection: unknown): Error | null;
}

const Statement = pg.Query as unknown as new (...args: unknown[]) => Submitted;

/** A statement that is looked at in the moment in which it is sent: those before it in the connection may have taken long. */
class TimelyStatement extends Statement {
  readonly #scope = currentScope();
  /** How long the driver waits for the answer, in milliseconds: a silent server keeps nobody beyond the deadline. */
  readonly query_timeout = this.#scope && Math.max(0, this.#scope.leftMs) + LAST_ANSWER_MS;

  override submit(connection: unknown): Error | null {
    if (this.#scope?.isOver && this.text !== ROLLBACK) return new DeadlinePassedError();
    return super.submit(connection);
  }
}

/**
 * Sequelize listens to errors of a connection only after it was told that it is up. A server that dies in between says so in the
 * same packet, and an error event without a listener ends the process (measured).
 */
export class PooledClient extends pg.Client {
  /** Sequelize's pool throws such a connection away. */
  _invalid = false;

  constructor(config: pg.ClientConfig) {
    super(config);
    this.on('error', () => {
      this._invalid = true;
    });
    const send = this.query.bind(this) as unknown as Wire['query'];
    // Sequelize asks with a callback, this project with a promise.
    this.query = ((...args: unknown[]) => {
      const done = typeof args.at(-1) === 'function' ? (args.pop() as Done) : undefined;
      const statement = new TimelyStatement(...args);
      if (done !== undefined) return send(statement, (error, result) => done(this.#noted(error), result));
      return new Promise((resolve, reject) => {
        send(statement, (error, result) => (error ? reject(this.#noted(error)) : resolve(result)));
      });
    }) as pg.Client['query'];
  }

  /** A server that did not answer to one statement would be waited for as long again at the next. */
  #noted(error: unknown): unknown {
    if (isSilence(error)) giveUp(this as unknown as Abandonable);
    return error;
  }
}

/** What a driver's connection has that its declarations leave out. */
export interface Abandonable {
  /** Sequelize's pool throws such a connection away. */
  _invalid?: boolean;
  readonly connection: { readonly stream: { destroy(): void } };
}

/** The connection is lost or out of date, or the server silent: nothing more goes over it, not even a roll-back. */
export function giveUp(connection: Abandonable): void {
  connection._invalid = true;
  connection.connection.stream.destroy();
}
