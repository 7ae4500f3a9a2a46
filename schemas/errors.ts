/**
 * The error catalogue: every problem that a client can get, by a stable code. Problems are thrown
 * anywhere and mapped to `application/problem+json` at the HTTP edge. Across nodes compare
 * `error.type`, because classes do not survive a remote call in Moleculer.
 */
import { Errors } from 'moleculer';
import { modulesIn } from './modules.ts';

/** The definition of a problem. */
export interface ErrorDefinition {
  /** HTTP status. */
  readonly status: number;
  /** Whether the same request may succeed later. Default: it may not. */
  readonly retryable?: true;
  /** RFC 9457 `title`: the same for every occurrence. */
  readonly title: string;
}

/** The definitions by code, sorted by status. */
export type ErrorDefinitions = Readonly<Record<string, ErrorDefinition>>;

/** The problems that belong to no single service. */
export const COMMON_ERRORS = {
  malformed_request: { status: 400, title: 'This is not a well-formed HTTP request' },
  malformed_body: { status: 400, title: 'The body is not valid JSON' },
  malformed_query: { status: 400, title: 'The query is malformed' },
  invalid_cursor: { status: 400, title: 'The cursor was not made by this list' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  invalid_token: { status: 401, title: 'The token is not valid' },
  token_expired: { status: 401, title: 'The token has expired' },
  token_stale: { status: 401, title: 'The account changed or the session ended; sign in or refresh' },
  forbidden: { status: 403, title: 'Your roles do not allow this' },
  origin_not_allowed: { status: 403, title: 'Pages of this origin may not call' },
  not_found: { status: 404, title: 'There is no such resource' },
  method_not_allowed: { status: 405, title: 'This resource does not take this method' },
  not_acceptable: { status: 406, title: 'None of the accepted media types can be produced' },
  request_timeout: { status: 408, retryable: true, title: 'The request did not arrive in time' },
  conflict: { status: 409, title: 'The state of the resource does not allow this' },
  redrive_failed: { status: 409, title: 'The event failed again and stays a dead letter' },
  idempotency_key_in_use: { status: 409, retryable: true, title: 'A request with this key is still running' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  misdirected_request: { status: 421, title: 'This host is not served here' },
  validation_failed: { status: 422, title: 'Some fields are invalid' },
  idempotency_key_reused: { status: 422, title: 'This key was used with another request' },
  too_many_requests: { status: 429, retryable: true, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  service_unavailable: {
    status: 503,
    retryable: true,
    title: 'Part of the system is temporarily unavailable',
  },
  outcome_unknown: { status: 504, title: 'It is unknown whether the request was carried out' },
} as const satisfies ErrorDefinitions;

type CommonErrors = typeof COMMON_ERRORS;

/** All problems. Each file of `problems/` adds those of its service to this type. */
export interface Catalogue extends CommonErrors {}

export type ErrorCode = keyof Catalogue;

/** The common problems and those of all services, including services that do not run here. */
export const ERRORS: Readonly<Record<ErrorCode, ErrorDefinition>> = await gather();

async function gather(): Promise<Catalogue> {
  const modules = await modulesIn(new URL('./problems/', import.meta.url));
  return Object.assign({}, COMMON_ERRORS, ...[...modules.values()].map((module) => module.default));
}

/** One invalid field. `field` is a path such as `roles[0]`. */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/**
 * How a request with an unknown outcome may be repeated: with the same key, only if it had one; or
 * unchanged.
 */
export type Retry = 'same_idempotency_key' | 'same_request';

export interface ProblemData {
  readonly errors?: readonly FieldError[];
  /** Only for `outcome_unknown`. */
  readonly retry?: Retry;
  /** Seconds after which to retry; becomes `Retry-After`. */
  readonly retryAfter?: number;
}

/**
 * A problem of the catalogue. Its `type` (the catalogue's code), `code` (the HTTP status) and
 * `data` survive a remote call, because it is a `MoleculerError`.
 */
export class Problem extends Errors.MoleculerError {
  declare readonly data: ProblemData;

  constructor(type: ErrorCode, detail: string = ERRORS[type].title, data: ProblemData = {}) {
    super(detail, ERRORS[type].status, type, data);
    this.name = 'Problem';
    this.retryable = ERRORS[type].retryable ?? false;
  }
}

/** Makes a `validation_failed` for one field; `detail` is as in every problem. */
export function invalidField(error: FieldError, detail?: string): Problem {
  return new Problem('validation_failed', detail, { errors: [error] });
}

/** Whether an error, possibly from another node, has this `type` of the catalogue. */
export function isProblem(error: unknown, type: ErrorCode): boolean {
  return typeOf(error) === type;
}

/**
 * Whether a failed call, possibly to another node, may have been carried out: it got no answer, or
 * its COMMIT got none.
 */
export function isOutcomeUnknown(error: unknown): boolean {
  const type = typeOf(error);
  return type === 'outcome_unknown' || type === 'REQUEST_TIMEOUT';
}

/** The types of Moleculer's errors for a call that no node answers. */
const UNANSWERED: ReadonlySet<unknown> = new Set([
  'SERVICE_NOT_FOUND',
  'SERVICE_NOT_AVAILABLE',
  'REQUEST_TIMEOUT',
  'REQUEST_SKIPPED',
  'REQUEST_REJECTED',
  'QUEUE_FULL',
  'BAD_GATEWAY',
]);

/** Whether no node answered a call: none runs the service, or none was fast enough. */
export function isUnanswered(error: unknown): boolean {
  return UNANSWERED.has(typeOf(error));
}

function typeOf(error: unknown): unknown {
  return error instanceof Error && 'type' in error ? error.type : undefined;
}
