/** The options of the connection to NATS, with TLS as configured. Pure. */
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { checkServerIdentity } from 'node:tls';
import {
  type Authenticator,
  type ConnectionOptions,
  type TlsOptions,
  usernamePasswordAuthenticator,
} from 'nats';
import type { Config } from '../../config.ts';
import { inboxPrefixOf, natsUserOf } from './nats-user.ts';

/**
 * A silent server is noticed after two of these, in milliseconds; the client's default is two
 * minutes.
 */
const PING_MS = 2_000;
/** Pings without an answer until the connection counts as lost. */
const MAX_PINGS_OUT = 2;
/**
 * Pause before each attempt to reconnect, and its random spread so that nodes do not come all at
 * once, in milliseconds.
 */
const RECONNECT_MS = 250;
/** How long one attempt to connect may take, in milliseconds. */
const CONNECT_MS = 5_000;

/**
 * Reconnects for ever, also past refused credentials (they may be on their way). nats.js takes
 * hosts only, so user, password and TLS are read from the URLs here; those of the first one hold
 * for the whole cluster.
 */
export function connectionOptions(config: Config): ConnectionOptions {
  const urls = config.natsUrls.map((url) => new URL(url));
  const [first] = urls;
  return {
    servers: urls.map((url) => url.host),
    ...(first?.username ? { authenticator: authenticatorOf(first) } : {}),
    ...tlsOptions(config, urls),
    name: `${config.namespace}-${hostname()}-${process.pid}`,
    inboxPrefix: inboxPrefixOf(natsUserOf(config)),
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: RECONNECT_MS,
    reconnectJitter: RECONNECT_MS,
    reconnectJitterTLS: RECONNECT_MS,
    pingInterval: PING_MS,
    maxPingOut: MAX_PINGS_OUT,
    timeout: CONNECT_MS,
    // Stack traces for each request cost a third of the publishing rate.
    noAsyncTraces: true,
  };
}

interface VerifiedTls extends TlsOptions {
  readonly servername?: string;
  readonly checkServerIdentity: typeof checkServerIdentity;
}

/**
 * Where TLS is required: a server that does not offer it is refused. The files are read at each
 * connection.
 */
function tlsOptions(
  { natsCaFile: caFile, natsCertificate }: Config,
  urls: readonly URL[],
): { tls?: VerifiedTls } {
  if (caFile === null && natsCertificate === null && urls[0]?.protocol !== 'tls:') return {};
  // IPv6 in a URL stands in brackets.
  const hosts = urls.map(({ hostname }) => hostname.replace(/^\[(.*)\]$/, '$1'));
  return {
    tls: {
      ...(caFile === null ? {} : { caFile }),
      ...natsCertificate,
      // An address is no name that may be asked for (RFC 6066).
      ...(hosts.some(isIP) ? { servername: '' } : {}),
      // Without a name Node would verify that of localhost. Each server of a cluster may have any
      // of its names.
      checkServerIdentity(_, certificate) {
        const errors = hosts.map((host) => checkServerIdentity(host, certificate));
        return errors.includes(undefined) ? undefined : errors[0];
      },
    },
  };
}

/** A function, so that the password is in no options that somebody may list, print or copy. */
function authenticatorOf({ username, password }: URL): Authenticator {
  return usernamePasswordAuthenticator(decodeURIComponent(username), decodeURIComponent(password));
}
