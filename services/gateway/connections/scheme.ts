/** With which scheme a client called: the socket's, unless something in front of us ends TLS. */
import type { IncomingHttpHeaders } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Config } from '../../../config.ts';
import { proxyFinder } from './address.ts';

export type Scheme = 'http' | 'https';

interface Asked {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: IncomingHttpHeaders;
}

/**
 * A trusted proxy says it in `X-Forwarded-Proto`; the first of several is the client's. Otherwise
 * the scheme of `PUBLIC_URL` counts for requests to its host, unless we end TLS ourselves.
 */
export function schemeFinder({
  trustedProxies,
  publicUrl,
}: Pick<Config, 'trustedProxies' | 'publicUrl'>): (req: Asked) => Scheme {
  const isProxy = proxyFinder(trustedProxies);
  const known = publicUrl === null ? null : new URL(publicUrl);
  const isPublic = (host = '') =>
    known !== null && URL.parse(`${known.protocol}//${host}`)?.host === known.host;
  return ({ socket, headers }) => {
    const forwarded = isProxy(socket.remoteAddress ?? '')
      ? forwardedScheme(headers['x-forwarded-proto'])
      : null;
    if (forwarded !== null) return forwarded;
    if (socket instanceof TLSSocket) return 'https';
    return isPublic(headers.host) && known?.protocol === 'https:' ? 'https' : 'http';
  };
}

/** Null for anything but a scheme of the web. */
function forwardedScheme(header: string | string[] | undefined): Scheme | null {
  const [first = ''] = String(header ?? '').split(',', 1);
  const scheme = first.trim().toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : null;
}
