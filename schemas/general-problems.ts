/**
 * The problems in which requests of any route can end, by what its contract says. A contract
 * declares only its others. Pure.
 */
import { type ActionContract, isList } from './action.ts';
import type { ErrorCode } from './errors.ts';

/** Of every request: its form, its connection, the limits of clients, and the state of the system. */
const OF_ALL = [
  'malformed_request',
  'malformed_query',
  'origin_not_allowed',
  'request_timeout',
  'misdirected_request',
  'validation_failed',
  'too_many_requests',
  'headers_too_large',
  'internal_error',
  'service_unavailable',
] as const satisfies readonly ErrorCode[];
/** Of routes for people who are signed in. */
const OF_TOKENS = [
  'unauthenticated',
  'invalid_token',
  'token_expired',
  'token_stale',
] as const satisfies readonly ErrorCode[];
/** Of routes that take a body. */
const OF_BODIES = [
  'malformed_body',
  'body_too_large',
  'unsupported_media_type',
] as const satisfies readonly ErrorCode[];
/** Of routes that take an `Idempotency-Key`. */
const OF_KEYS = ['idempotency_key_in_use', 'idempotency_key_reused'] as const satisfies readonly ErrorCode[];

type Declared = Pick<ActionContract, 'route' | 'access' | 'params' | 'answer'>;

/** Whether a route takes an `Idempotency-Key`. Others ignore it, or refuse it where it is no POST. */
export const takesIdempotencyKey = ({ route, access }: Pick<ActionContract, 'route' | 'access'>): boolean =>
  route.startsWith('POST ') && access !== 'anyone';

/** All problems in which requests of a route can end. */
export function problemsOf(contract: Declared & Pick<ActionContract, 'problems'>): ReadonlySet<ErrorCode> {
  return new Set([...generalProblems(contract), ...contract.problems]);
}

export function generalProblems(contract: Declared): readonly ErrorCode[] {
  const { route, access, params } = contract;
  const [method = ''] = route.split(' ');
  const isSignedIn = access !== 'anyone';
  return [
    ...OF_ALL,
    // An id in a path may belong to nothing.
    ...(route.includes(':') ? (['not_found'] as const) : []),
    ...(isSignedIn ? OF_TOKENS : []),
    ...(isSignedIn && access !== 'signed-in' ? (['forbidden'] as const) : []),
    ...(method === 'POST' || method === 'PATCH' ? OF_BODIES : []),
    ...(takesIdempotencyKey(contract) ? OF_KEYS : []),
    ...(method === 'GET' ? [] : (['outcome_unknown'] as const)),
    ...('cursor' in params ? (['invalid_cursor'] as const) : []),
    ...(isList(contract) ? (['not_acceptable'] as const) : []),
  ];
}
