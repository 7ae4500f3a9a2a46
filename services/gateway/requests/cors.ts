/** Requests of pages from elsewhere: refused unless their origin is configured, character by character. Pure. */
import type { IncomingHttpHeaders } from 'node:http';

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
   * Headers for the answer to a request of this origin; undefined where it must be refused. `isOwnHost`: whether the request named a host of ours, as
   * only then a page of that host is ours.
   */
  answer(headers: IncomingHttpHeaders, isOwnHost: boolean): readonly Header[] | undefined;
}

/** Whether the page came from here: browsers send `Origin` with their own posts, too. */
function isSameOrigin(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

/** Tokens travel in a header, never in cookies, so credentials are not allowed to any origin. */
export function corsFor(origins: readonly string[]): Cors {
  const allowed = new Set(origins);
  const vary: readonly Header[] = allowed.size === 0 ? [] : [['Vary', 'Origin']];
  return {
    answer({ origin, host }, isOwnHost) {
      if (origin === undefined) return vary;
      if (allowed.has(origin)) {
        return [
          ...vary,
          ['Access-Control-Allow-Origin', origin],
          ['Access-Control-Expose-Headers', EXPOSED_HEADERS],
        ];
      }
      return isOwnHost && isSameOrigin(origin, host) ? vary : undefined;
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
