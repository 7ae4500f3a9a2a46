/** Parses request headers, and defines the headers of every answer. Pure. */
import type { IncomingHttpHeaders } from 'node:http';
import { invalidField } from '#schemas/errors.ts';
import { PROTOCOL_HEADERS, type ProtocolHeaders } from '#schemas/http-message.ts';
import { truncate } from '#schemas/text.ts';

/**
 * Clients choose ids for the logs: without blanks and control characters, and long enough to be
 * useful.
 */
export const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;
/** Visible ASCII. */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;
/** The longest `Accept` and `User-Agent` that are passed on, in characters. */
const MAX_PASSED_ON = 256;

/**
 * Node keeps the first of these headers and drops repetitions silently, but a proxy may have used
 * another one. Of other headers, Node joins most, which makes them malformed, and it refuses a
 * second length.
 */
const SINGLE = new Set(['host', 'authorization', 'content-type']);

/** Answers are data: a browser must not run, frame, sniff, store or embed them. */
export const SECURITY_HEADERS: readonly (readonly [string, string])[] = [
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'no-referrer'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Cache-Control', 'no-store'],
];

/** For answers over HTTPS: browsers use only HTTPS for this host for a year (RFC 6797). */
export const STRICT_TRANSPORT: readonly [string, string] = ['Strict-Transport-Security', 'max-age=31536000'];

/** The client's `x-request-id`, when it is valid. */
export function requestIdOf(headers: IncomingHttpHeaders): string | undefined {
  const id = headers['x-request-id'];
  return typeof id === 'string' && REQUEST_ID.test(id) ? id : undefined;
}

/** Whether a header that may occur once is repeated. `rawHeaders` alternates names and values. */
export function repeatsHeader(rawHeaders: readonly string[]): boolean {
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (!SINGLE.has(name)) continue;
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}

/** The token of `Authorization: Bearer …`, when there is one. */
export function bearerTokenOf(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined || authorization.slice(0, 7).toLowerCase() !== 'bearer ') return undefined;
  return authorization.slice(7).trim() || undefined;
}

/** `Accept`, cut to a sensible length. */
export function acceptOf(headers: IncomingHttpHeaders): string | undefined {
  return headers.accept === undefined ? undefined : truncate(headers.accept, MAX_PASSED_ON);
}

/** `User-Agent`, cut to a sensible length. */
export function userAgentOf(headers: IncomingHttpHeaders): string | undefined {
  const agent = headers['user-agent'];
  return agent === undefined ? undefined : truncate(agent, MAX_PASSED_ON);
}

/** `Idempotency-Key`; throws `validation_failed` when it is malformed or the method is not POST. */
export function idempotencyKeyOf(method: string, headers: IncomingHttpHeaders): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (method === 'POST' && typeof key === 'string' && IDEMPOTENCY_KEY.test(key)) return key;
  const message =
    method === 'POST' ? 'It must have 1 to 255 visible ASCII characters.' : 'Only POST takes this header.';
  throw invalidField({ field: 'Idempotency-Key', code: 'invalid_header', message });
}

/** RFC 6750: the scheme to use, and the error of the token, if there was a token. */
export function challengeOf(code: string, realm: string): string {
  const error = code === 'unauthenticated' || code === 'wrong_credentials' ? '' : ', error="invalid_token"';
  return `Bearer realm="${realm}"${error}`;
}

/** The headers that actions of routes with `protocol` get. */
export function protocolHeadersOf(headers: IncomingHttpHeaders): ProtocolHeaders {
  const given = PROTOCOL_HEADERS.map((name) => [name, headers[name]] as const);
  return Object.fromEntries(given.filter(([, value]) => typeof value === 'string'));
}
