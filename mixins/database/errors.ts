/**
 * What an error of the database means for whoever made the statement. Drivers and Sequelize wrap errors in each other (`original`, `parent`,
 * `cause`), so all of these look through the wrapping. Pure.
 */
import { isNativeError } from 'node:util/types';
import { BaseError, ConnectionError, DatabaseError, TimeoutError } from 'sequelize';
import { DeadlinePassedError } from '#mixins/call-scope.ts';
import {
  AWAY,
  COMPLETION_UNKNOWN,
  CONNECTION_ENDED,
  CROWDED,
  DATA,
  IDLE_IN_TRANSACTION_TIMEOUT,
  MISPLACED,
  OUTDATED,
  OVERTAKEN,
  SQLSTATE,
  UNIQUE_VIOLATION,
} from './sql-states.ts';

/** Wrapped deeper than this is a cycle. */
const MAX_DEPTH = 5;

/** Node's codes of a network that fails, most often for a moment. Five-letter ones would pass for an SQLSTATE. */
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

/** pg's errors of a connection that was lost have nothing but these; Sequelize leaves those it meets while it connects as they are. */
const LOST =
  /^(?:Connection terminated|timeout expired|Query read timeout|Client (?:has encountered|was closed))/;

/** pg's errors of a connection that was known to be lost before anything was sent over it. */
const NOT_SENT = /^Client (?:has encountered|was closed)/;

/** The server did not say whether a transaction was committed: whatever it did may have happened. */
export class OutcomeUnknownError extends ConnectionError {
  constructor(parent: Error) {
    super(parent);
    this.name = 'OutcomeUnknownError';
    this.message = `Whether the transaction was committed is not known: ${parent.message}`;
  }
}

/** Errors of Node itself are of another realm than those of a test, so `instanceof Error` would miss them there. */
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

/** The SQLSTATE that PostgreSQL gave; undefined for every other error. */
export function sqlStateOf(error: unknown): string | undefined {
  for (const link of chainOf(error)) {
    const code = codeOf(link);
    // Node's own codes of five letters (EPIPE) begin like none of PostgreSQL's classes.
    if (code !== undefined && SQLSTATE.test(code) && !code.startsWith('E')) return code;
  }
  return undefined;
}

/** The name of the constraint that was violated; undefined for every other error. */
export function constraintOf(error: unknown): string | undefined {
  for (const link of chainOf(error)) {
    const { constraint } = link as { constraint?: unknown };
    if (typeof constraint === 'string') return constraint;
  }
  return undefined;
}

/** SQLSTATE 23505, of any constraint or of the one named. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (sqlStateOf(error) !== UNIQUE_VIOLATION) return false;
  return constraint === undefined || constraintOf(error) === constraint;
}

/** The data are at fault (SQLSTATE 22 and 23 but for 23505): the same statement fails again, for ever. */
export function isDataError(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state !== undefined && DATA.test(state) && state !== UNIQUE_VIOLATION;
}

/** The database is away for the moment: an answer of 503. A connection that was killed under a statement has no SQLSTATE (measured). */
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
 * What a connection keeps prepared (`prepared` in database.ts) is not what it should be; a new
 * connection has nothing that could be.
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
 * Whether the same transaction may succeed when it is run again: the database was away, the transaction lost a race (serialisation,
 * deadlock, lock or statement time-out), a batch overlapped with another (unique violation), or what its connection kept was out of date. Also
 * true for whatever says `retryable: true` of itself, and for problems that do.
 */
export function isRetryable(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state === UNIQUE_VIOLATION || isStaleStatement(error)) return true;
  if (state !== undefined) return AWAY.test(state) || CROWDED.test(state);
  if (isDatabaseAway(error)) return true;
  return isNativeError(error) && 'retryable' in error && error.retryable === true;
}

/** Whether an error of COMMIT leaves open if that was done. PostgreSQL's own errors of it say that it was not, unless its session ended. */
export function mayHaveCommitted(error: unknown): boolean {
  if (error instanceof DeadlinePassedError) return false;
  const state = sqlStateOf(error);
  if (state === undefined) return ![...chainOf(error)].some(({ message }) => NOT_SENT.test(message));
  if (state === IDLE_IN_TRANSACTION_TIMEOUT) return false;
  if (state === COMPLETION_UNKNOWN || CONNECTION_ENDED.test(state)) return true;
  // A crash within the commit itself; the word is in the server's language.
  return [...chainOf(error)].some((link) => 'severity' in link && link.severity !== 'ERROR');
}

/** Whether a pool's connection was lost, that is: not whether a new one could be made. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return CONNECTION_ENDED.test(state);
  return error instanceof DatabaseError && isDatabaseAway(error) && !isSilence(error);
}

/** The driver's error of `query_timeout`; it has no code. */
export function isSilence(error: unknown): boolean {
  return [...chainOf(error)].some(({ message }) => message === 'Query read timeout');
}

/**
 * Whether a transaction that was rolled back by this error may well succeed at once: its connection was lost or had outdated
 * statements, or another transaction overtook it. False where the outcome is unknown.
 */
export function isWorthRepeating(error: unknown): boolean {
  if (error instanceof OutcomeUnknownError || error instanceof DeadlinePassedError) return false;
  return isStaleStatement(error) || OVERTAKEN.test(sqlStateOf(error) ?? '') || isConnectionLost(error);
}

/** A connection of the pool was found lost before anything was sent over it. */
export class DeadConnectionError extends ConnectionError {
  constructor(parent: Error) {
    super(parent);
    this.name = 'DeadConnectionError';
  }
}

/** Puts the driver's error into Sequelize's, as Sequelize does for its own statements; programming errors stay what they are. */
export function wrapDriverError(error: unknown): unknown {
  if (!isNativeError(error) || error instanceof BaseError || error instanceof DeadlinePassedError)
    return error;
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return error;
  // PostgreSQL's DETAIL is the whole row that was refused, with hashes and keys in it, and errors end up in logs.
  delete (error as { detail?: unknown }).detail;
  return new DatabaseError(error as ConstructorParameters<typeof DatabaseError>[0]);
}
