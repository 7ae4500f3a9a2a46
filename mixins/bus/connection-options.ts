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
 * A silent server is detected after two of these, in milliseconds. The client's default is two
 * minutes.
 */
const PING_MS = 2_000;
/** The connection counts as lost after this many unanswered pings. */
const MAX_PINGS_OUT = 2;
/**
 * Pause before each attempt to reconnect, and its random spread, in milliseconds. With the spread,
 * nodes do not all come at once.
 */
const RECONNECT_MS = 250;
/** How long one attempt to connect may take, in milliseconds. */
const CONNECT_MS = 5_000;

/**
 * Reconnects without limit, also after refused credentials, because new ones may be on their way.
 * nats.js takes only hosts, so user, password and TLS are read from the URLs here. Those of the
 * first URL apply to the whole cluster.
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
 * Where TLS is required, a server that does not offer it is refused. Each connection reads the
 * files again.
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
      // An IP address is not allowed as a server name (RFC 6066).
      ...(hosts.some(isIP) ? { servername: '' } : {}),
      // Without a name, Node would verify the name localhost. Each server of a cluster may have any
      // of the cluster's names.
      checkServerIdentity(_, certificate) {
        const errors = hosts.map((host) => checkServerIdentity(host, certificate));
        return errors.includes(undefined) ? undefined : errors[0];
      },
    },
  };
}

/**
 * A function, so that the password does not appear in options that are listed, printed or copied.
 */
function authenticatorOf({ username, password }: URL): Authenticator {
  return usernamePasswordAuthenticator(decodeURIComponent(username), decodeURIComponent(password));
}
