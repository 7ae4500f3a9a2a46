/** Refuses requests of foreign pages, unless the configuration lists exactly their origin. Pure. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Scheme } from '../connections/scheme.ts';

/** How long a browser may cache a preflight's answer, in seconds. */
const MAX_AGE_SECONDS = 600;
const METHODS = 'GET, POST, PATCH, DELETE';
const REQUEST_HEADERS = 'authorization, content-type, idempotency-key, x-request-id, traceparent';
const EXPOSED_HEADERS = 'x-request-id, location, retry-after';

/** Name and value. */
export type Header = readonly [string, string];

/** The check of origins. */
export interface Cors {
  /**
   * Returns the headers for an answer to this origin; undefined when it must be refused.
   * `ownScheme` is the scheme of the request when it named one of our hosts. It is null for another
   * host, whose pages are never our own.
   */
  answer(headers: IncomingHttpHeaders, ownScheme: Scheme | null): readonly Header[] | undefined;
}

/** Tokens are sent in a header, never in cookies, so no origin may send credentials. */
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

/** The additional headers of an answer to a preflight. */
export const PREFLIGHT_HEADERS: readonly Header[] = [
  ['Access-Control-Allow-Methods', METHODS],
  ['Access-Control-Allow-Headers', REQUEST_HEADERS],
  ['Access-Control-Max-Age', String(MAX_AGE_SECONDS)],
];

/** Whether the request is a CORS preflight. */
export function isPreflight(method: string | undefined, headers: IncomingHttpHeaders): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}
