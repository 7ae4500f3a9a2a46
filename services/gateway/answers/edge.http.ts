/** The checks of every request before it is routed. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { v7 as uuidv7 } from 'uuid';
import { Problem } from '#schemas/errors.ts';
import type { Config } from '../../../config.ts';
import { type AddressOf, addressFinder } from '../connections/address.ts';
import { hostCheck, hostOf, targetOf } from '../connections/host.ts';
import { RateLimit } from '../connections/rate-limit.ts';
import { type Scheme, schemeFinder } from '../connections/scheme.ts';
import { lacksHost } from '../connections/server.http.ts';
import { type Cors, corsFor, type Header, isPreflight, PREFLIGHT_HEADERS } from '../requests/cors.ts';
import { repeatsHeader, requestIdOf, SECURITY_HEADERS, STRICT_TRANSPORT } from '../requests/headers.ts';

/** The data of a request that are known on arrival. */
export interface Arrival {
  readonly requestId: string;
  /** The client's address. */
  readonly address: string;
  /** The user, as soon as their token is verified. */
  userId?: string;
}

/** The key of per-client limits: the user, or the address when nobody is signed in. */
export function askerOf({ userId, address }: Arrival): string {
  return userId ?? address;
}

/** For requests that failed before they were parsed. */
export const UNKNOWN_ARRIVAL: Arrival = { requestId: 'unknown', address: 'unknown' };

/** A request with the properties of moleculer-web that we use. */
export interface GatewayRequest extends IncomingMessage {
  arrival: Arrival;
  /** The path of the URL, without a trailing slash. */
  parsedUrl?: string;
  /** The raw query. */
  query?: string;
  /** The route that was found. */
  $alias?: { readonly path: string };
  $params?: { readonly params?: Readonly<Record<string, string>> };
}

/** Health checks must be answered even when all other requests are refused. */
const UNLIMITED = new Set(['/livez', '/readyz']);
/** Machines call these under any name of this host. */
const FOR_ANY_HOST = new Set([...UNLIMITED, '/metrics']);

function setHeaders(res: ServerResponse, headers: readonly Header[]): void {
  for (const [name, value] of headers) res.setHeader(name, value);
}

type EdgeConfig = Pick<
  Config,
  'trustedProxies' | 'rateLimit' | 'corsOrigins' | 'host' | 'publicUrl' | 'allowedHosts'
>;

/** Checks requests on arrival, once per node. */
export class Edge {
  readonly #addressOf: AddressOf;
  readonly #rateLimit: RateLimit;
  readonly #cors: Cors;
  readonly #isOwnHost: (host: string) => boolean;
  readonly #schemeOf: (req: IncomingMessage) => Scheme;
  /** When true, every answer closes its connection. */
  draining = false;

  constructor(config: EdgeConfig) {
    this.#addressOf = addressFinder(config.trustedProxies);
    this.#rateLimit = new RateLimit(config.rateLimit);
    this.#cors = corsFor(config.corsOrigins);
    this.#isOwnHost = hostCheck(config);
    this.#schemeOf = schemeFinder(config);
  }

  /**
   * Sets the id and address of the request and the headers of the answer. Returns a problem for a
   * refusal, `done` when it answered the request (a preflight), `on` when the request may continue.
   */
  admit(req: GatewayRequest, res: ServerResponse): Problem | 'done' | 'on' {
    const forwarded = req.headers['x-forwarded-for'];
    const address = this.#addressOf(
      req.socket.remoteAddress,
      Array.isArray(forwarded) ? forwarded.join() : forwarded,
    );
    req.arrival = { requestId: requestIdOf(req.headers) ?? uuidv7(), address };
    res.setHeader('X-Request-Id', req.arrival.requestId);
    setHeaders(res, SECURITY_HEADERS);
    if (req.socket instanceof TLSSocket) res.setHeader(...STRICT_TRANSPORT);
    if (this.draining) res.setHeader('Connection', 'close');
    if (lacksHost(req) || repeatsHeader(req.rawHeaders)) return new Problem('malformed_request');
    const { url, authority } = targetOf(req.url ?? '');
    req.url = url;
    const [path = ''] = url.split('?', 1);
    if (!UNLIMITED.has(path) && !this.#rateLimit.take(address, Date.now())) {
      return new Problem('too_many_requests', undefined, { retryAfter: 1 });
    }
    // If both name a host, both must be ours: a proxy may have used either of them.
    const named = [req.headers.host, authority].filter((each) => each !== undefined);
    const hosts = named.map(hostOf);
    if (hosts.includes(undefined)) return new Problem('malformed_request');
    const isOwnHost = hosts.every((host) => host !== undefined && this.#isOwnHost(host));
    if (!isOwnHost && !FOR_ANY_HOST.has(path)) return new Problem('misdirected_request');
    const cors = this.#cors.answer(req.headers, isOwnHost ? this.#schemeOf(req) : null);
    if (cors === undefined) return new Problem('origin_not_allowed');
    setHeaders(res, cors);
    if (!isPreflight(req.method, req.headers)) return 'on';
    setHeaders(res, PREFLIGHT_HEADERS);
    res.writeHead(204).end();
    return 'done';
  }
}
