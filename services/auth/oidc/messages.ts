/** The answers of the OpenID Connect provider. Pure. */
import type { HttpMessage } from '#schemas/http-message.ts';
import { type AuthorizationError, answerUrl, type ReturnAddress } from './authorization-request.ts';

/** The errors of the token endpoint (RFC 6749, 5.2). */
export type TokenError = 'invalid_request' | 'invalid_client' | 'invalid_grant' | 'unsupported_grant_type';

export const json = (status: number, value: object, headers: HttpMessage['headers'] = {}): HttpMessage => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8', Pragma: 'no-cache', ...headers },
  body: JSON.stringify(value),
});

/** A client that used `Authorization` gets a challenge, as RFC 6749 wants it. */
export function tokenError(error: TokenError, realm: string): HttpMessage {
  if (error !== 'invalid_client') return json(400, { error });
  return json(401, { error }, { 'WWW-Authenticate': `Basic realm="${realm}"` });
}

/** 303, so that a form with a beak is never sent again to the next address. */
export const redirect = (location: string, headers: HttpMessage['headers'] = {}): HttpMessage => ({
  status: 303,
  headers: { Location: location, ...headers },
  body: '',
});

export const authorizationError = (
  issuer: string,
  to: ReturnAddress,
  error: AuthorizationError,
): HttpMessage => redirect(answerUrl(issuer, to, { error }));

/** The content of a page. `formTargets`: where its form may be sent and then redirected to. */
export interface PageContent {
  readonly html: string;
  readonly styleHash: string;
  readonly formTargets: readonly string[];
}

/**
 * No scripts, images or fonts. Browsers send `Origin` with the form, which the gateway compares:
 * under `no-referrer` they would send `null`.
 */
export function page(status: number, { html, styleHash, formTargets }: PageContent): HttpMessage {
  const targets = formTargets.length === 0 ? "'none'" : formTargets.join(' ');
  return {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': [
        "default-src 'none'",
        `style-src '${styleHash}'`,
        `form-action ${targets}`,
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
      'Referrer-Policy': 'same-origin',
    },
    body: html,
  };
}

/**
 * The cookie that keeps people signed in on our page. Its value is the refresh token of their
 * session. Over HTTPS its prefix keeps pages of neighbouring hosts from setting it.
 */
export interface SignInCookie {
  readonly name: string;
  readonly attributes: string;
}

export function signInCookie(issuer: string, maxAgeSeconds: number): SignInCookie {
  const isSecure = issuer.startsWith('https:');
  const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}`;
  return isSecure
    ? { name: '__Host-sign-in', attributes: `${attributes}; Secure` }
    : { name: 'sign-in', attributes };
}

/** The value of a cookie in the header `Cookie`. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim().split('=', 2));
  return pairs.find(([each]) => each === name)?.[1];
}
