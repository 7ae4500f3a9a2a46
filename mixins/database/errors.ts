/**
 * What an error of the database means for its caller. Drivers and Sequelize wrap errors in each
 * other (`original`, `parent`, `cause`), so all functions look through the wrapping. Pure.
 */
import { isNativeError } from 'node:util/types';
import { BaseError, ConnectionError, DatabaseError, TimeoutError } from 'sequelize';
import { DeadlinePassedError } from '#mixins/call-scope.ts';

// PostgreSQL's five-character codes (SQLSTATE). A pattern stands for several codes with the same
// meaning here.

const UNIQUE_VIOLATION = '23505';
/** A time limit ended the statement. Or a replica ended it, because it blocked the replay. */
export const QUERY_CANCELED = '57014';
/** The role lacks the right. */
export const INSUFFICIENT_PRIVILEGE = '42501';
/** The server ended, and so rolled back, a transaction that was idle for too long. */
const IDLE_IN_TRANSACTION_TIMEOUT = '25P03';
/** The server does not say whether a statement took effect. */
const COMPLETION_UNKNOWN = '40003';

const SQLSTATE = /^[0-9A-Z]{5}$/;
/** The data are at fault (22) or violate a constraint (23). */
const DATA = /^2[23]/;
/**
 * The server is away, lacks a resource or fails over: connection (08), read-only (25006), idle in
 * transaction too long (25P03), resources (53), shut down, starting or disconnected by an operator
 * (57P), I/O (58).
 */
const AWAY = /^(?:08...|25006|25P03|53...|57P..|58...)$/;
/**
 * The statement lost a race: serialisation and deadlock (40), object in use, lock not available,
 * time limit.
 */
const CROWDED = /^(?:40...|55006|55P03|57014)$/;
/**
 * The transaction lost a race with another one and was rolled back: serialisation failure or
 * deadlock.
 */
const OVERTAKEN = /^(?:40001|40P01)$/;
/**
 * The server ended the connection: it was shut down, crashed, or its operator ended the session.
 */
const CONNECTION_ENDED = /^(?:08...|25P03|57P0[125])$/;
/** Only prepared statements cause these: the name is missing, or stands for another statement. */
const MISPLACED = /^(?:26000|42P05)$/;
/**
 * A prepared statement whose tables were altered since. Its SQLSTATE only says that something is
 * not supported. Its message is in the server's language (`lc_messages`). The name of the
 * PostgreSQL function that threw it is reliable.
 */
const OUTDATED = { state: '0A000', routine: 'RevalidateCachedQuery' };
/** A role does not exist, may not log in, or may not be taken. */
export const NO_ROLE = /^(?:28...|22023|42501)$/;

/** A chain of wrapped errors that is longer than this is a cycle. */
const MAX_DEPTH = 5;

/**
 * Node's codes of network failures, most of which pass quickly. A code of five letters would be
 * taken for an SQLSTATE.
 */
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * pg's errors of a lost connection have only a message. Sequelize does not wrap those that occur
 * while it connects.
 */
const LOST =
  /^(?:Connection terminated|timeout expired|Query read timeout|Client (?:has encountered|was closed))/;

/** pg's errors of a connection that was known to be lost before anything was sent. */
const NOT_SENT = /^Client (?:has encountered|was closed)/;

/**
 * The server did not say whether a transaction was committed. Its changes may have taken effect.
 */
export class OutcomeUnknownError extends ConnectionError {
  constructor(parent: Error) {
    super(parent);
    this.name = 'OutcomeUnknownError';
    this.message = `Whether the transaction was committed is not known: ${parent.message}`;
  }
}

/**
 * `instanceof Error` would miss Node's own errors in a test, where they belong to another realm.
 */
function* chainOf(error: unknown): Generator<Error> {
  let link = error;
  for (let depth = 0; depth < MAX_DEPTH && isNativeError(link); depth++) {
    yield link;
    const { original, parent, cause } = link as { original?: unknown; parent?: unknown; cause?: unknown };
    link = original ?? parent ?? cause;
  }
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** The SQLSTATE that PostgreSQL gave. Undefined for every other error. */
export function sqlStateOf(error: unknown): string | undefined {
  for (const link of chainOf(error)) {
    const code = codeOf(link);
    // Node's own codes of five letters (EPIPE) begin with E, and no class of PostgreSQL does.
    if (code !== undefined && SQLSTATE.test(code) && !code.startsWith('E')) return code;
  }
  return undefined;
}

/** The name of the violated constraint. Undefined for every other error. */
export function constraintOf(error: unknown): string | undefined {
  for (const link of chainOf(error)) {
    const { constraint } = link as { constraint?: unknown };
    if (typeof constraint === 'string') return constraint;
  }
  return undefined;
}

/** SQLSTATE 23505, of any constraint or of the given one. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (sqlStateOf(error) !== UNIQUE_VIOLATION) return false;
  return constraint === undefined || constraintOf(error) === constraint;
}

/**
 * The data are at fault (SQLSTATE 22 and 23 except 23505). The same statement would fail every
 * time.
 */
export function isDataError(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state !== undefined && DATA.test(state) && state !== UNIQUE_VIOLATION;
}

/**
 * The database is away for the moment, which is answered with 503. A connection that was killed
 * during a statement has no SQLSTATE (measured).
 */
export function isDatabaseAway(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return AWAY.test(state);
  for (const link of chainOf(error)) {
    if (link instanceof ConnectionError || link instanceof TimeoutError) return true;
    if (link instanceof DatabaseError || NETWORK_CODES.has(codeOf(link) ?? '')) return true;
    if (LOST.test(link.message)) return true;
  }
  return false;
}

/**
 * The connection's prepared statements (`prepared` in database.ts) are out of date. A new
 * connection has none.
 */
export function isStaleStatement(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state === undefined) return false;
  if (MISPLACED.test(state)) return true;
  return (
    state === OUTDATED.state &&
    [...chainOf(error)].some((link) => 'routine' in link && link.routine === OUTDATED.routine)
  );
}

/**
 * Whether the same transaction may succeed when it is run again. True when the database was away,
 * the transaction lost a race (serialisation, deadlock, lock or statement time-out), a batch
 * overlapped with another (unique violation), or a prepared statement was out of date. Also true
 * for errors and problems that say `retryable: true`.
 */
export function isRetryable(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state === UNIQUE_VIOLATION || isStaleStatement(error)) return true;
  if (state !== undefined) return AWAY.test(state) || CROWDED.test(state);
  if (isDatabaseAway(error)) return true;
  return isNativeError(error) && 'retryable' in error && error.retryable === true;
}

/**
 * Whether the outcome of a COMMIT is unknown after this error. PostgreSQL's own errors mean that
 * nothing was committed, unless its session ended.
 */
export function mayHaveCommitted(error: unknown): boolean {
  if (error instanceof DeadlinePassedError) return false;
  const state = sqlStateOf(error);
  if (state === undefined) return ![...chainOf(error)].some(({ message }) => NOT_SENT.test(message));
  if (state === IDLE_IN_TRANSACTION_TIMEOUT) return false;
  if (state === COMPLETION_UNKNOWN || CONNECTION_ENDED.test(state)) return true;
  // PostgreSQL crashed within the commit. The word is in the server's language.
  return [...chainOf(error)].some((link) => 'severity' in link && link.severity !== 'ERROR');
}

/** Whether a connection of the pool was lost. False where a new connection could not be made. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return CONNECTION_ENDED.test(state);
  return error instanceof DatabaseError && isDatabaseAway(error) && !isSilence(error);
}

/** The driver's error of `query_timeout`, which has no code. */
export function isSilence(error: unknown): boolean {
  return [...chainOf(error)].some(({ message }) => message === 'Query read timeout');
}

/**
 * Whether a rolled-back transaction is likely to succeed at once: its connection was lost or had
 * outdated statements, or another transaction won a race. False where the outcome is unknown.
 */
export function isWorthRepeating(error: unknown): boolean {
  if (error instanceof OutcomeUnknownError || error instanceof DeadlinePassedError) return false;
  return isStaleStatement(error) || OVERTAKEN.test(sqlStateOf(error) ?? '') || isConnectionLost(error);
}

/** A connection of the pool was lost before anything was sent over it. */
export class DeadConnectionError extends ConnectionError {
  constructor(parent: Error) {
    super(parent);
    this.name = 'DeadConnectionError';
  }
}

/**
 * Wraps the driver's error in Sequelize's, as Sequelize does for its own statements. Programming
 * errors stay unwrapped.
 */
export function wrapDriverError(error: unknown): unknown {
  if (!isNativeError(error) || error instanceof BaseError || error instanceof DeadlinePassedError)
    return error;
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return error;
  // PostgreSQL's DETAIL holds the whole refused row, with its hashes and keys, and errors are
  // logged.
  delete (error as { detail?: unknown }).detail;
  return new DatabaseError(error as ConstructorParameters<typeof DatabaseError>[0]);
}
