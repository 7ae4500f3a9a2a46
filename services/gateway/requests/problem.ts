/** Errors as clients see them: `application/problem+json` (RFC 9457), mapped here and nowhere else. Pure. */
import type { ActionContract } from '#schemas/action.ts';
import {
  ERRORS,
  type ErrorCode,
  type FieldError,
  isOutcomeUnknown,
  isUnanswered,
  Problem,
  type Retry,
} from '#schemas/errors.ts';
import { truncate } from '#schemas/text.ts';

/** What a request asked for. */
interface Asked {
  readonly method: string;
  readonly contract: Pick<ActionContract, 'access'>;
}

/** What a client is told. */
export interface ProblemAnswer {
  readonly status: number;
  readonly code: ErrorCode;
  /** Of this occurrence; never the message of an error that is not of the catalogue. */
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  /** Of `outcome_unknown`: how it may be sent again. */
  readonly retry?: Retry;
  /** Seconds. */
  readonly retryAfter?: number;
}

/** More wrong fields than this are not listed. */
const MAX_FIELD_ERRORS = 50;
/** Longest part of a client's own text that is given back, in code points. */
const MAX_ECHO = 100;
/** Seconds after which to ask again where nothing says better. */
const RETRY_AFTER_SECONDS = 1;

/** A rule of fastest-validator that was broken. */
interface BrokenRule {
  readonly type?: unknown;
  readonly field?: unknown;
  readonly message?: unknown;
  readonly actual?: unknown;
}

const isErrorCode = (type: unknown): type is ErrorCode =>
  typeof type === 'string' && Object.hasOwn(ERRORS, type);

/** One entry a field; `actual` stays here, as it is the client's own secret where the field is a beak. */
function fieldErrorsOf({ type, field, message, actual }: BrokenRule): FieldError[] {
  const path = typeof field === 'string' ? field : '';
  if (type === 'objectStrict') {
    const names = String(actual).split(', ').slice(0, MAX_FIELD_ERRORS);
    return names.map((name) => unknownField(path === '' ? name : `${path}.${name}`));
  }
  const code = String(type).replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return [{ field: path === '' ? 'body' : path, code, message: truncate(String(message), 2 * MAX_ECHO) }];
}

/** `place` is where it stands, and what is named instead where the name is empty. */
export function unknownField(name: string, place: 'body' | 'query' = 'body'): FieldError {
  const shown = truncate(name, MAX_ECHO);
  return {
    field: shown === '' ? place : shown,
    code: 'unknown_field',
    message: `There is no field '${shown}' here.`,
  };
}

/** What fastest-validator found, as a client reads it. */
export function fieldErrors(broken: unknown): FieldError[] {
  if (!Array.isArray(broken)) return [];
  return broken.slice(0, MAX_FIELD_ERRORS).flatMap(fieldErrorsOf).slice(0, MAX_FIELD_ERRORS);
}

function fromCatalogue(code: ErrorCode, detail: string, data: unknown): ProblemAnswer {
  const { status, title } = ERRORS[code];
  const { errors, retryAfter, retry } = (data ?? {}) as Record<'errors' | 'retryAfter' | 'retry', unknown>;
  return {
    status,
    code,
    detail: code === 'internal_error' ? title : detail,
    ...(Array.isArray(errors) ? { errors: errors as FieldError[] } : {}),
    ...(typeof retryAfter === 'number' ? { retryAfter: Math.max(1, Math.ceil(retryAfter)) } : {}),
    ...(typeof retry === 'string' ? { retry: retry as Retry } : {}),
    ...(status >= 503 && typeof retryAfter !== 'number' ? { retryAfter: RETRY_AFTER_SECONDS } : {}),
  };
}

/** Maps by `type`, as classes do not survive a remote call. What nobody foresaw is `internal_error`, without its message. */
export function problemOf(error: unknown): ProblemAnswer {
  const { type, message, data } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  if (isErrorCode(type)) return fromCatalogue(type, String(message), data);
  if (type === 'VALIDATION_ERROR') {
    return fromCatalogue('validation_failed', ERRORS.validation_failed.title, { errors: fieldErrors(data) });
  }
  // moleculer-web could not decode a part of the path: nothing stands there.
  if (type === 'UNABLE_DECODE_PARAM') return fromCatalogue('not_found', ERRORS.not_found.title, null);
  if (isUnanswered(error)) {
    return fromCatalogue('service_unavailable', ERRORS.service_unavailable.title, null);
  }
  return fromCatalogue('internal_error', ERRORS.internal_error.title, null);
}

/** The document; `type` names the code for good, `instance` the request. */
export function problemDocument(
  { status, code, detail, errors, retry }: ProblemAnswer,
  requestId: string,
): string {
  return JSON.stringify({
    type: `urn:ates:problem:${code}`,
    title: ERRORS[code].title,
    status,
    code,
    detail,
    instance: `urn:ates:request:${requestId}`,
    requestId,
    ...(errors === undefined ? {} : { errors }),
    ...(retry === undefined ? {} : { retry }),
  });
}

/** What a client is told of a call that may have been carried out although it failed. */
const DETAILS: Readonly<Record<Retry, string>> = {
  same_idempotency_key:
    'The request may have been carried out, or may still be. Repeat it with the Idempotency-Key that it had. If it had none, look before you repeat it',
  same_request: 'The request may have been carried out, or may still be. It can be repeated as it is',
};

/**
 * A read changes nothing: it is only unavailable. Routes for anyone (sign-in and the like) take no
 * key; PATCH and DELETE need none.
 */
function retryOf({ method, contract }: Asked): Retry {
  return method === 'POST' && contract.access !== 'anyone' ? 'same_idempotency_key' : 'same_request';
}

/**
 * The error as the client of this route is told it: `outcome_unknown` where that is so, else what
 * was thrown.
 */
export function asTold(route: Asked, error: unknown): unknown {
  if (!isOutcomeUnknown(error)) return error;
  if (route.method === 'GET') return new Problem('service_unavailable');
  const retry = retryOf(route);
  return new Problem('outcome_unknown', DETAILS[retry], { retry, retryAfter: RETRY_AFTER_SECONDS });
}
