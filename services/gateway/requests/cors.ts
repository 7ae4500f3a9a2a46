/** Requests of pages from elsewhere: refused unless their origin is configured, character by character. Pure. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Scheme } from '../connections/scheme.ts';

/** How long a browser may remember a preflight's answer, in seconds. */
const MAX_AGE_SECONDS = 600;
const METHODS = 'GET, POST, PATCH, DELETE';
const REQUEST_HEADERS = 'authorization, content-type, idempotency-key, x-request-id, traceparent';
const EXPOSED_HEADERS = 'x-request-id, location, retry-after';

/** Name and value. */
export type Header = readonly [string, string];

/** Which origins may call. */
export interface Cors {
  /**
   * Headers for the answer to a request of this origin; undefined where it must be refused.
   * `ownScheme`: the scheme with which the request named a host of ours; null where it named
   * another host, as no page of that one is ours.
   */
  answer(headers: IncomingHttpHeaders, ownScheme: Scheme | null): readonly Header[] | undefined;
}

/** Tokens travel in a header, never in cookies, so credentials are not allowed to any origin. */
export function corsFor(origins: readonly string[]): Cors {
  const allowed = new Set(origins);
  const vary: readonly Header[] = allowed.size === 0 ? [] : [['Vary', 'Origin']];
  return {
    answer({ origin, host }, ownScheme) {
      if (origin === undefined) return vary;
      if (allowed.has(origin)) {
        return [
          ...vary,
          ['Access-Control-Allow-Origin', origin],
          ['Access-Control-Expose-Headers', EXPOSED_HEADERS],
        ];
      }
      // Browsers send `Origin` with posts of our own pages, too. Over HTTPS, a plain page of the
      // same host is foreign: anybody on its way may have written it.
      const isSame = ownScheme !== null && origin === `${ownScheme}://${host}`;
      return isSame ? vary : undefined;
    },
  };
}

/** For a preflight whose origin is allowed, beside the headers of `answer`. */
export const PREFLIGHT_HEADERS: readonly Header[] = [
  ['Access-Control-Allow-Methods', METHODS],
  ['Access-Control-Allow-Headers', REQUEST_HEADERS],
  ['Access-Control-Max-Age', String(MAX_AGE_SECONDS)],
];

/** Whether a request asks what it may ask. */
export function isPreflight(method: string | undefined, headers: IncomingHttpHeaders): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}
