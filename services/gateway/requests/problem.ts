/**
 * Errors as clients see them: `application/problem+json` (RFC 9457). All mapping happens here.
 * Pure.
 */
import type { ActionContract } from '#schemas/action.ts';
import {
  ERRORS,
  type ErrorCode,
  type FieldError,
  isOutcomeUnknown,
  isUnanswered,
  Problem,
  type ProblemData,
  type Retry,
} from '#schemas/errors.ts';
import { truncate } from '#schemas/text.ts';

/** The request that failed. */
interface Asked {
  readonly method: string;
  readonly contract: Pick<ActionContract, 'access'>;
}

/** The answer to a client. */
export interface ProblemAnswer extends ProblemData {
  readonly status: number;
  readonly code: ErrorCode;
  /** The text for this occurrence; never the message of an error outside the catalogue. */
  readonly detail: string;
}

/** The most wrong fields that are listed. */
const MAX_FIELD_ERRORS = 50;
/** The longest echo of a client's own text, in code points. */
const MAX_ECHO = 100;
/** Seconds after which to retry, when nothing more specific is known. */
const RETRY_AFTER_SECONDS = 1;

/** A broken rule of fastest-validator. */
interface BrokenRule {
  readonly type?: unknown;
  readonly field?: unknown;
  readonly message?: unknown;
  readonly actual?: unknown;
}

const isErrorCode = (type: unknown): type is ErrorCode =>
  typeof type === 'string' && Object.hasOwn(ERRORS, type);

/** One entry per field. `actual` is left out, because the client's own beak may be in it. */
function fieldErrorsOf({ type, field, message, actual }: BrokenRule): FieldError[] {
  const path = typeof field === 'string' ? field : '';
  if (type === 'objectStrict') {
    const names = String(actual).split(', ').slice(0, MAX_FIELD_ERRORS);
    return names.map((name) => unknownField(path === '' ? name : `${path}.${name}`));
  }
  const code = String(type).replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return [{ field: path === '' ? 'body' : path, code, message: truncate(String(message), 2 * MAX_ECHO) }];
}

/** `part` says where the field is, and is shown when the name is empty. */
export function unknownField(name: string, part: 'body' | 'query' = 'body'): FieldError {
  const shown = truncate(name, MAX_ECHO);
  return {
    field: shown === '' ? part : shown,
    code: 'unknown_field',
    message: `There is no field '${shown}' here.`,
  };
}

/** Converts the results of fastest-validator for clients. */
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

/**
 * Maps by `type`, because classes do not survive a remote call. An unknown error becomes
 * `internal_error`, without its message.
 */
export function problemOf(error: unknown): ProblemAnswer {
  const { type, message, data } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  if (isErrorCode(type)) return fromCatalogue(type, String(message), data);
  if (type === 'VALIDATION_ERROR') {
    return fromCatalogue('validation_failed', ERRORS.validation_failed.title, { errors: fieldErrors(data) });
  }
  // moleculer-web could not decode a part of the path, so no resource has this path.
  if (type === 'UNABLE_DECODE_PARAM') return fromCatalogue('not_found', ERRORS.not_found.title, null);
  if (isUnanswered(error)) {
    return fromCatalogue('service_unavailable', ERRORS.service_unavailable.title, null);
  }
  return fromCatalogue('internal_error', ERRORS.internal_error.title, null);
}

/**
 * Builds the document. `type` identifies the code permanently, `instance` identifies the request.
 */
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

/** The text for a call that failed but may have been carried out. */
const DETAILS: Readonly<Record<Retry, string>> = {
  same_idempotency_key:
    'The request may have been carried out, or may still be. Repeat it with the same Idempotency-Key. If it had none, check the result before you repeat it',
  same_request: 'The request may have been carried out, or may still be. It can be repeated as it is',
};

/**
 * A read changes nothing, so it is only unavailable. Public routes such as sign-in take no key;
 * PATCH and DELETE need none.
 */
function retryOf({ method, contract }: Asked): Retry {
  return method === 'POST' && contract.access !== 'anyone' ? 'same_idempotency_key' : 'same_request';
}

/**
 * The error for the client of this route: `outcome_unknown` when the outcome is unknown, otherwise
 * the error itself.
 */
export function errorForClient(route: Asked, error: unknown): unknown {
  if (!isOutcomeUnknown(error)) return error;
  if (route.method === 'GET') return new Problem('service_unavailable');
  const retry = retryOf(route);
  return new Problem('outcome_unknown', DETAILS[retry], { retry, retryAfter: RETRY_AFTER_SECONDS });
}
