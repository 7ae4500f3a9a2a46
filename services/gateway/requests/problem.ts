/**
 * Errors as clients see them: `application/problem+json` (RFC 9457). All mapping happens here.
 * Pure.
 */
import type { ActionContract } from '#schemas/action.ts';
import {
  defaultDetail,
  ERRORS,
  type ErrorCode,
  type FieldError,
  isOutcomeUnknown,
  isProblem,
  isUnanswered,
  Problem,
  type ProblemData,
  type Retry,
} from '#schemas/errors.ts';
import { isRead, retryOf } from '#schemas/repetition.ts';
import { fieldErrors } from './field-errors.ts';
import { type DeclaredRoute, problemOfPath } from './routes.ts';

/** The route of the request that failed. */
interface Asked extends Pick<DeclaredRoute, 'pathNames'> {
  readonly contract: Pick<ActionContract, 'route' | 'access'>;
}

/** The answer to a client. */
export interface ProblemAnswer extends ProblemData {
  readonly status: number;
  readonly code: ErrorCode;
  /** The text for this occurrence; never the message of an error outside the catalogue. */
  readonly detail: string;
}

/** Seconds after which to retry, when nothing more specific is known. */
const RETRY_AFTER_SECONDS = 1;

const isErrorCode = (type: unknown): type is ErrorCode =>
  typeof type === 'string' && Object.hasOwn(ERRORS, type);

function fromCatalogue(code: ErrorCode, detail = defaultDetail(code), data: unknown = null): ProblemAnswer {
  const { status, retryable: mayRetry = false, members: declared } = ERRORS[code];
  const { errors, retryAfter, retry, retryable, members } = (data ?? {}) as Readonly<
    Record<keyof ProblemData, unknown>
  >;
  const fields = Array.isArray(errors) ? (errors as readonly FieldError[]) : undefined;
  const isGeneral = code === 'validation_failed' && detail === defaultDetail(code);
  return {
    status,
    code,
    detail: (isGeneral ? detailOf(fields) : undefined) ?? detail,
    ...(fields === undefined ? {} : { errors: fields }),
    ...(typeof retryAfter === 'number' ? { retryAfter: Math.max(1, Math.ceil(retryAfter)) } : {}),
    ...(typeof retry === 'string' ? { retry: retry as Retry } : {}),
    ...(typeof retryable === 'boolean' ? { retryable } : {}),
    ...(declared !== undefined && typeof members === 'object' && members !== null ? { members } : {}),
    ...((status >= 503 || mayRetry) && typeof retryAfter !== 'number'
      ? { retryAfter: RETRY_AFTER_SECONDS }
      : {}),
  };
}

/** The message of the first wrong field, and how many others there are. */
function detailOf([first, ...others]: readonly FieldError[] = []): string | undefined {
  if (first === undefined) return undefined;
  return others.length === 0 ? first.message : `${first.message} ${others.length} more in errors.`;
}

/**
 * Maps by `type`, because classes do not survive a remote call. An unknown error becomes
 * `internal_error`, without its message.
 */
export function problemOf(error: unknown): ProblemAnswer {
  const { type, message, data } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  if (type === 'internal_error') return fromCatalogue(type);
  if (isErrorCode(type)) return fromCatalogue(type, String(message), data);
  if (type === 'VALIDATION_ERROR') {
    return fromCatalogue('validation_failed', undefined, { errors: fieldErrors(data) });
  }
  // moleculer-web could not decode a part of the path, so no resource has this path.
  if (type === 'UNABLE_DECODE_PARAM') return fromCatalogue('not_found');
  if (isUnanswered(error)) return fromCatalogue('service_unavailable');
  return fromCatalogue('internal_error');
}

/** The path of the page about a problem. */
export const helpPath = (code: ErrorCode): string => `/docs/problems/${code}`;

/**
 * Builds the document. `type` identifies the code permanently, `instance` identifies the request.
 */
export function problemDocument(
  { status, code, detail, errors, retry, retryable, members }: ProblemAnswer,
  requestId: string,
): string {
  return JSON.stringify({
    type: `urn:ates:problem:${code}`,
    title: ERRORS[code].title,
    status,
    code,
    detail,
    retryable: retryable ?? ERRORS[code].retryable ?? false,
    help: helpPath(code),
    instance: `urn:ates:request:${requestId}`,
    requestId,
    ...(errors === undefined
      ? {}
      : { errors: errors.map(({ params = {}, ...error }) => ({ ...error, params })) }),
    ...(retry === undefined ? {} : { retry }),
    ...members,
  });
}

/** The text for a call that failed but may have been carried out. */
const DETAILS: Readonly<Record<Retry, string>> = {
  same_idempotency_key:
    'The request may have been carried out, or may still be. Repeat it with the same Idempotency-Key. If it had none, check the result before you repeat it',
  same_request: 'The request may have been carried out, or may still be. It can be repeated as it is',
};

/**
 * The error for the client of this route: `outcome_unknown` when the outcome is unknown,
 * `not_found` for a path that no resource can have, otherwise the error itself. `hadKey`: whether
 * the request had an `Idempotency-Key`.
 */
export function errorForClient(route: Asked, error: unknown, hadKey = false): unknown {
  if (isProblem(error, 'validation_failed')) {
    // The service refused a param of the path, such as a day that is not in the calendar.
    return problemOfPath(route, (error as Problem).data?.errors ?? []) ?? error;
  }
  if (!isOutcomeUnknown(error)) return error;
  if (isRead(route.contract)) return new Problem('service_unavailable');
  const retry = retryOf(route.contract);
  const retryable = retry === 'same_request' || hadKey;
  return new Problem('outcome_unknown', DETAILS[retry], {
    retry,
    retryable,
    retryAfter: RETRY_AFTER_SECONDS,
  });
}
