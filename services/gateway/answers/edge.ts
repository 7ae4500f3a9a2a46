/** What happens to every request before it is known what it asks for. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { v7 as uuidv7 } from 'uuid';
import { Problem } from '#schemas/errors.ts';
import type { Config } from '../../../config.ts';
import { type AddressOf, addressFinder } from '../connections/address.ts';
import { hostCheck, hostOf, targetOf } from '../connections/host.ts';
import { RateLimit } from '../connections/rate-limit.ts';
import { type Scheme, schemeFinder } from '../connections/scheme.ts';
import { lacksHost } from '../connections/server.ts';
import { type Cors, corsFor, type Header, isPreflight, PREFLIGHT_HEADERS } from '../requests/cors.ts';
import { repeatsHeader, requestIdOf, SECURITY_HEADERS, STRICT_TRANSPORT } from '../requests/headers.ts';

/** What the gateway knows of a request from the start. */
export interface Arrival {
  readonly requestId: string;
  /** The client's address. */
  readonly address: string;
  /** Who asks, as soon as their token is verified. */
  userId?: string;
}

/** Who limits are counted for: the user, or where nobody is signed in the address. */
export function askerOf({ userId, address }: Arrival): string {
  return userId ?? address;
}

/** For what failed before anything was known. */
export const UNKNOWN_ARRIVAL: Arrival = { requestId: 'unknown', address: 'unknown' };

/** A request in moleculer-web's hands, as far as we use its marks. */
export interface GatewayRequest extends IncomingMessage {
  arrival: Arrival;
  /** The part of the URL before the query, without a slash at its end. */
  parsedUrl?: string;
  /** The query as it came. */
  query?: string;
  $params?: { readonly params?: Readonly<Record<string, string>> };
}

/** Health checks must be answered when everything else is refused. */
const UNLIMITED = new Set(['/livez', '/readyz']);
/** What machines ask for, by whatever name they know this one. */
const FOR_ANY_HOST = new Set([...UNLIMITED, '/metrics']);

function setHeaders(res: ServerResponse, headers: readonly Header[]): void {
  for (const [name, value] of headers) res.setHeader(name, value);
}

type EdgeConfig = Pick<
  Config,
  'trustedProxies' | 'rateLimit' | 'corsOrigins' | 'host' | 'publicUrl' | 'allowedHosts'
>;

/** The edge of a node. */
export class Edge {
  readonly #addressOf: AddressOf;
  readonly #rateLimit: RateLimit;
  readonly #cors: Cors;
  readonly #isOwnHost: (host: string) => boolean;
  readonly #schemeOf: (req: IncomingMessage) => Scheme;
  /** From now on every answer closes its connection. */
  draining = false;

  constructor(config: EdgeConfig) {
    this.#addressOf = addressFinder(config.trustedProxies);
    this.#rateLimit = new RateLimit(config.rateLimit);
    this.#cors = corsFor(config.corsOrigins);
    this.#isOwnHost = hostCheck(config);
    this.#schemeOf = schemeFinder(config);
  }

  /**
   * Gives the request its id and address, and the answer its headers. Returns the problem with which it is to be
   * refused, `done` where it was answered here (a preflight), `on` where it may go on.
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
    // Where both name a host, both must be ours: what stands in front of us may have gone by either.
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
