/**
 * Cookies for pages: a secret of a contract (`cookie`) that no script of a page can read (WEB-21).
 * Only its routes read it, and only for requests of our own pages. Pure.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { ContractCookie } from '#schemas/action.ts';
import { Problem } from '#schemas/errors.ts';
import type { Config } from '../../../config.ts';
import { type Scheme, schemeFinder } from '../connections/scheme.ts';
import { API_PREFIX, type Route } from './routes.ts';

/** A request, as far as cookies need it. */
interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined } | TLSSocket;
}

type Form = Readonly<Record<string, unknown>>;

/** The param with which a page asks for a cookie in place of a field of the answer. */
const ASKS = 'cookie';
/** Other pages can't send this header without a preflight, which we refuse. */
const MARK = 'web';

export class Cookies {
  readonly #namespace: string;
  readonly #schemeOf: (asked: Asked) => Scheme;

  constructor(config: Pick<Config, 'namespace' | 'trustedProxies' | 'publicUrl'>) {
    this.#namespace = config.namespace;
    this.#schemeOf = schemeFinder(config);
  }

  /**
   * The form of the request with the secret of its cookie, and whether the answer's secret belongs
   * into the cookie. Throws `unauthenticated` without a cookie, and `origin_not_allowed` for a
   * request that is not of our own page.
   */
  read({ contract, formNames }: Route, asked: Asked, form: Form): { form: Form; isByCookie: boolean } {
    const { cookie } = contract;
    if (cookie === undefined) return { form, isByCookie: false };
    if (!formNames.has(cookie.field)) {
      if (form[ASKS] !== true) return { form, isByCookie: false };
      this.#refuseForeign(asked);
      return { form, isByCookie: true };
    }
    const secret = secretIn(asked.headers.cookie, this.#nameOf(cookie));
    const isPage = secret !== undefined || asked.headers['x-requested-with'] === MARK;
    if (form[cookie.field] !== undefined || !isPage) return { form, isByCookie: false };
    if (secret === undefined) throw new Problem('unauthenticated');
    this.#refuseForeign(asked);
    return { form: { ...form, [cookie.field]: secret }, isByCookie: true };
  }

  /** `Set-Cookie` and the answer without its secret. An answer without one ends the cookie. */
  write(cookie: ContractCookie, asked: Asked, result: unknown): { header: string; result: unknown } {
    const { [cookie.field]: secret, ...rest } = (result ?? {}) as Record<string, unknown>;
    const header = [
      `${this.#nameOf(cookie)}=${typeof secret === 'string' ? secret : ''}`,
      `Path=${API_PREFIX}${cookie.path}`,
      `Max-Age=${typeof secret === 'string' ? cookie.seconds : 0}`,
      'HttpOnly',
      'SameSite=Strict',
      ...(this.#schemeOf(asked) === 'https' ? ['Secure'] : []),
    ].join('; ');
    return { header, result: result === null ? null : rest };
  }

  /** Browsers ignore ports: several systems on one host need different names. */
  #nameOf({ name }: ContractCookie): string {
    return `${this.#namespace}_${name}`;
  }

  #refuseForeign(asked: Asked): void {
    const { headers } = asked;
    const isMarked = headers['x-requested-with'] === MARK;
    const isOwn =
      headers['sec-fetch-site'] === 'same-origin' ||
      headers.origin === `${this.#schemeOf(asked)}://${headers.host}`;
    if (!isMarked || !isOwn) {
      throw new Problem('origin_not_allowed', 'Only our own pages may use the cookie of a session');
    }
  }
}

/**
 * The value of a cookie. Undefined if it occurs twice: another page of the domain may have added
 * the second one, to have its own session used.
 */
function secretIn(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '').split(';').flatMap((pair) => {
    const [key = '', ...value] = pair.trim().split('=');
    return key === name ? [value.join('=')] : [];
  });
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}
