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
  /** What happened, in more words than the title. */
  readonly meaning: string;
  /** What the client should do. */
  readonly remedy: string;
  /** Rules of the fields that its document has beside those of all problems. Default: none. */
  readonly members?: object;
}

/** The definitions by code, sorted by status. */
export type ErrorDefinitions = Readonly<Record<string, ErrorDefinition>>;

/** The problems that belong to no single service. */
export const COMMON_ERRORS = {
  malformed_request: {
    status: 400,
    title: 'This is not a well-formed HTTP request',
    meaning: 'The request breaks a rule of HTTP, such as a missing or repeated `Host`.',
    remedy: 'Send it with an ordinary HTTP library.',
  },
  malformed_body: {
    status: 400,
    title: 'The body is not valid JSON',
    meaning: 'The body can not be parsed as JSON in UTF-8, or is nested too deeply.',
    remedy: 'Send one JSON object.',
  },
  malformed_query: {
    status: 400,
    title: 'The query is malformed',
    meaning: 'The text after the question mark has a wrong percent-encoding or too many parameters.',
    remedy: 'Encode each name and value with percent-encoding.',
  },
  invalid_cursor: {
    status: 400,
    title: 'The cursor was not made by this list',
    meaning: 'A cursor belongs to one list with one order. This one is changed, or of another list.',
    remedy: 'Use the `nextCursor` of the page before as it is, or begin again without a cursor.',
  },
  unauthenticated: {
    status: 401,
    title: 'Sign in first',
    meaning: 'This route is for people who are signed in, and the request has no access token.',
    remedy: 'Sign in, and send the token as `Authorization: Bearer <token>`.',
  },
  invalid_token: {
    status: 401,
    title: 'The token is not valid',
    meaning: 'The token was not issued here, was changed, or has ended.',
    remedy: 'Sign in again.',
  },
  token_expired: {
    status: 401,
    title: 'The token has expired',
    meaning: 'Access tokens are valid for minutes only, and this one is older.',
    remedy: 'Get a new one with the refresh token, and send the request again.',
  },
  token_stale: {
    status: 401,
    title: 'The account changed or the session ended; sign in or refresh',
    meaning:
      'The token was issued before the roles or the secret of the account changed, or its session has ended.',
    remedy: 'Get a new token with the refresh token. If that is refused too, sign in again.',
  },
  forbidden: {
    status: 403,
    title: 'Your roles do not allow this',
    meaning: 'You are signed in, but the route or the resource is for people with other roles.',
    remedy: 'Ask an admin for the role that the description of the route names.',
  },
  origin_not_allowed: {
    status: 403,
    title: 'Pages of this origin may not call',
    meaning: 'A browser sent the request from a page of an origin that is not configured.',
    remedy: 'Ask an operator to add the exact origin to `CORS_ORIGINS`.',
  },
  not_found: {
    status: 404,
    title: 'There is no such resource',
    meaning: 'Nothing has this path, or nothing has the id that is in the path.',
    remedy: 'Check the path and the id.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This resource does not take this method',
    meaning: 'The path exists, but not with this method.',
    remedy: 'Use one of the methods in the header `Allow`.',
  },
  not_acceptable: {
    status: 406,
    title: 'None of the accepted media types can be produced',
    meaning: 'The header `Accept` has no media type in which this route can answer.',
    remedy: 'Accept one of the media types that the description of the route names.',
  },
  request_timeout: {
    status: 408,
    retryable: true,
    title: 'The request did not arrive in time',
    meaning: 'The connection was open, but the request on it was not complete in time.',
    remedy: 'Send it again on a new connection.',
  },
  conflict: {
    status: 409,
    title: 'The state of the resource does not allow this',
    meaning: 'The request is valid, but the resource has changed or is in another state.',
    remedy: 'Read the resource again, and decide by its state.',
  },
  redrive_failed: {
    status: 409,
    title: 'The event failed again and stays a dead letter',
    meaning: 'The event was handled once more, and the handler failed again.',
    remedy: 'Remove the cause that the dead letter names, then redrive it again or discard it.',
  },
  idempotency_key_in_use: {
    status: 409,
    retryable: true,
    title: 'A request with this key is still running',
    meaning: 'An earlier request with the same `Idempotency-Key` has no answer yet.',
    remedy: 'Wait, and send the request again with the same key.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    meaning: 'A body has at most 64 KiB.',
    remedy: 'Send less in one request.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The body must be application/json',
    meaning: 'The `Content-Type` of the body is missing, another one, or names an encoding other than UTF-8.',
    remedy: 'Send JSON with `Content-Type: application/json`, without compression.',
  },
  misdirected_request: {
    status: 421,
    title: 'This host is not served here',
    meaning: 'The header `Host` names a host that this system is not known by.',
    remedy: 'Use the public address, or ask an operator to add the host to `ALLOWED_HOSTS`.',
  },
  validation_failed: {
    status: 422,
    title: 'Some fields are invalid',
    meaning: 'Fields of the query or of the body are missing, unknown, or have values that are not allowed.',
    remedy: 'Correct the fields that `errors` names.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'This key was used with another request',
    meaning: 'An `Idempotency-Key` stands for one request, and an earlier one had another body.',
    remedy: 'Make up a new key for each new request.',
  },
  too_many_requests: {
    status: 429,
    retryable: true,
    title: 'Too many requests',
    meaning: 'This user or address has reached a limit.',
    remedy: 'Wait for the seconds in `Retry-After`, then send the request again.',
  },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    meaning: 'The address and the headers of the request are longer than the limit.',
    remedy: 'Send fewer or shorter headers.',
  },
  internal_error: {
    status: 500,
    title: 'Something went wrong on our side',
    meaning: 'The request met an error that nobody expected. It is in the log under the request id.',
    remedy: 'Report the request id to an operator.',
  },
  service_unavailable: {
    status: 503,
    retryable: true,
    title: 'Part of the system is temporarily unavailable',
    meaning:
      'The part of the system that answers this request does not run, or is overloaded. Nothing was changed.',
    remedy: 'Wait for the seconds in `Retry-After`, then send the request again.',
  },
  outcome_unknown: {
    status: 504,
    title: 'It is unknown whether the request was carried out',
    meaning: 'The request was passed on, and no answer came in time.',
    remedy: 'Repeat it as `retry` says, or check the result first.',
  },
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

/** What to say of an occurrence that has no details of its own. */
export const defaultDetail = (code: ErrorCode): string => `${ERRORS[code].meaning} ${ERRORS[code].remedy}`;

/** One invalid field. `field` is a path such as `roles[0]`. */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
  /** The values of the message, such as `{ max: 200 }`, for messages in other languages. */
  readonly params?: Readonly<Record<string, unknown>>;
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
  /** Whether the same request may be sent again. Default: as in the catalogue. */
  readonly retryable?: boolean;
  /** Seconds after which to retry; becomes `Retry-After`. */
  readonly retryAfter?: number;
  /** The fields that the catalogue declares as `members` of the problem. */
  readonly members?: object;
}

/**
 * A problem of the catalogue. Its `type` (the catalogue's code), `code` (the HTTP status) and
 * `data` survive a remote call, because it is a `MoleculerError`.
 */
export class Problem extends Errors.MoleculerError {
  declare readonly data: ProblemData;

  constructor(type: ErrorCode, detail: string = defaultDetail(type), data: ProblemData = {}) {
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
