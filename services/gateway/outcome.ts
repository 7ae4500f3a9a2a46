/** What a client is told of a call that may have been carried out although it failed. Pure. */
import { isOutcomeUnknown, Problem, type Retry } from '../../schemas/errors.ts';
import type { Route } from './routes.ts';

/** Seconds after which to ask again. */
const RETRY_AFTER_SECONDS = 1;

const DETAILS: Readonly<Record<Retry, string>> = {
  same_idempotency_key:
    'The request may have been carried out, or may still be. Repeat it with the Idempotency-Key that it had. If it had none, look before you repeat it',
  same_request: 'The request may have been carried out, or may still be. It can be repeated as it is',
};

/** A read changes nothing: it is only unavailable. Routes for anyone (sign-in and the like) take no key; PATCH and DELETE need none. */
function retryOf({ method, contract }: Route): Retry {
  return method === 'POST' && contract.access !== 'anyone' ? 'same_idempotency_key' : 'same_request';
}

/** The error as the client of this route is told it: `outcome_unknown` where that is so, else what was thrown. */
export function asTold(route: Route, error: unknown): unknown {
  if (!isOutcomeUnknown(error)) return error;
  if (route.method === 'GET') return new Problem('service_unavailable');
  const retry = retryOf(route);
  return new Problem('outcome_unknown', DETAILS[retry], { retry, retryAfter: RETRY_AFTER_SECONDS });
}
