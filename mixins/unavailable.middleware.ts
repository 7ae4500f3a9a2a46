/**
 * Turns "the database (or the broker) is away or has too much to do" into the problem
 * `service_unavailable`, or `outcome_unknown` where something may have been done, on the node where
 * it happened: of a driver's error only its message survives a remote call, and no caller could
 * tell it from a bug.
 */
import type { ActionHandler, ActionSchema, Middleware, ServiceBroker } from 'moleculer';
import { Problem } from '#schemas/errors.ts';
import { BROKER_AWAY } from './bus/error-codes.ts';
import { currentScope, DeadlinePassedError } from './call-scope.ts';
import { ResourceBusyError } from './database/admission.ts';
import {
  isDatabaseAway,
  isRetryable,
  isUniqueViolation,
  OutcomeUnknownError,
  sqlStateOf,
} from './database/errors.ts';
import { throttle } from './outage.ts';

/** Seconds after which a client may ask again. */
const RETRY_AFTER_SECONDS = 1;

/** A unique violation that nobody expected is a bug: it would fail again. */
function lostRace(error: unknown): boolean {
  return sqlStateOf(error) !== undefined && isRetryable(error) && !isUniqueViolation(error);
}

function isBrokerAway(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'NatsError' &&
    'code' in error &&
    BROKER_AWAY.has(String(error.code))
  );
}

/**
 * Whether the same request may succeed in a moment, with nothing changed but what this node rests
 * on.
 */
export function isUnavailable(error: unknown): boolean {
  return isDatabaseAway(error) || lostRace(error) || isBrokerAway(error) || isRefusedHere(error);
}

/** Refused before anything was sent to the database. */
function isRefusedHere(error: unknown): boolean {
  return error instanceof DeadlinePassedError || error instanceof ResourceBusyError;
}

/** The COMMIT had no answer, or an earlier transaction of the call was committed. */
function mayHaveBeenDone(error: unknown): boolean {
  return error instanceof OutcomeUnknownError || currentScope()?.hasCommitted === true;
}

/** Innermost around every local action. */
export function unavailableMiddleware(broker: ServiceBroker): Middleware {
  const warn = throttle((text) => broker.logger.warn(text));
  return {
    name: 'Unavailable',
    localAction(next: ActionHandler, action: ActionSchema): ActionHandler {
      return async function available(ctx) {
        try {
          return await next.call(this, ctx);
        } catch (error) {
          if (!isUnavailable(error)) throw error;
          // One line for what is away, whatever is asked for meanwhile.
          warn(`${action.name} could not be done: ${String(error)}`, String(error));
          const code = mayHaveBeenDone(error) ? 'outcome_unknown' : 'service_unavailable';
          throw new Problem(code, undefined, { retryAfter: RETRY_AFTER_SECONDS });
        }
      };
    },
  };
}
