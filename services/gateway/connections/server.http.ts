/** The HTTP server: its limits, its answers to malformed requests, and its shutdown. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createSecureServer, type ServerOptions as SecureServerOptions } from 'node:https';
import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { defaultDetail, ERRORS, type ErrorCode } from '#schemas/errors.ts';
import { SECURITY_HEADERS } from '../requests/headers.ts';
import { problemDocument } from '../requests/problem.ts';
import type { Certificate } from './certificate.client.ts';
import { type ConnectionLimits, Connections, type Crowd } from './connections.http.ts';

/** The limit of everything before the body, in bytes. A token of 8 KiB fits twice. */
const MAX_HEADER_BYTES = 16 * 1024;
/** How long a client may take, in milliseconds. */
export interface Patience {
  /** To send its headers. */
  readonly headersMs: number;
  /** To send a whole request: 64 KiB over a slow line. */
  readonly requestMs: number;
  /** How often both are checked. */
  readonly checkMs: number;
}
const PATIENCE: Patience = { headersMs: 10_000, requestMs: 30_000, checkMs: 1_000 };
/**
 * How long an idle connection is kept, in milliseconds: longer than the usual 60 s of proxies, so
 * that they close first.
 */
const KEEP_ALIVE_MS = 65_000;
/**
 * A connection without traffic is closed after this many milliseconds. Streams send something more
 * often.
 */
const INACTIVITY_MS = 120_000;
/**
 * Node drops connections beyond the limit plus this number without an event. This many may arrive
 * before the connections that we closed for them are gone: usually the longest queue of the system.
 */
const MAX_CONNECTIONS_ARRIVING = 512;
/**
 * How long running requests may take when the node stops, in milliseconds: less than the broker's
 * 10 s.
 */
const DRAIN_MS = 8_000;
/** How long a kept connection may still send a request, in milliseconds. */
const LAST_REQUEST_MS = 500;
const IDLE_CHECK_MS = 20;

const CODES_OF_PARSER: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

const CODES_OF_CROWD: Readonly<Record<Crowd, ErrorCode>> = {
  address: 'too_many_requests',
  total: 'service_unavailable',
};
/** Seconds after which a refused client may retry. */
const RETRY_AFTER_SECONDS = 5;

/** A complete answer as text, for a socket whose request could not be parsed. */
function rawAnswer(code: ErrorCode): string {
  const requestId = uuidv7();
  const { status } = ERRORS[code];
  const body = problemDocument({ status, code, detail: defaultDetail(code) }, requestId);
  const headers = [
    ...SECURITY_HEADERS,
    ['X-Request-Id', requestId],
    ['Content-Type', 'application/problem+json'],
    ['Content-Length', String(Buffer.byteLength(body))],
    ['Connection', 'close'],
    ...(ERRORS[code].retryable ? [['Retry-After', String(RETRY_AFTER_SECONDS)]] : []),
  ].map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.join('')}\r\n${body}`;
}

/**
 * Node's internal record of the answer on a socket. Writing into a begun answer would garble it.
 */
function isAnswering(socket: Socket): boolean {
  const answer = (socket as { _httpMessage?: unknown })._httpMessage;
  return answer instanceof ServerResponse && answer.headersSent;
}

function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET' || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  socket.end(rawAnswer(CODES_OF_PARSER[error.code ?? ''] ?? 'malformed_request'), () => socket.destroy());
}

/** The open connections of each server; Node does not expose its own list. */
const connectionsOf = new WeakMap<Server, Connections>();

/** The options that differ between servers. */
export interface ServerOptions {
  readonly limits: ConnectionLimits;
  readonly patience?: Patience;
  /** Without a certificate, the server speaks plain HTTP. */
  readonly certificate?: Certificate | null;
  /** Called for every refused connection. */
  readonly onCrowd?: (crowd: Crowd, address: string) => void;
  /** Returns milliseconds; for tests. */
  readonly now?: () => number;
}

/**
 * Creates a server that does not listen yet. Every request goes to the listener. With a certificate
 * it speaks HTTPS.
 */
export function makeServer(
  listener: RequestListener,
  { limits, patience = PATIENCE, certificate = null, onCrowd, now }: ServerOptions,
): Server {
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: patience.headersMs,
    requestTimeout: patience.requestMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: patience.checkMs,
    // We check it ourselves, so that the refusal is a problem document.
    requireHostHeader: false,
  };
  const connections = new Connections(limits, now);
  const tracked: RequestListener = (req, res) => {
    // The connection was refused, but had already sent a request.
    if (!connections.has(req.socket)) return void res.destroy();
    res.once('close', connections.begin(req.socket, req));
    listener(req, res);
  };
  const server =
    certificate === null
      ? createServer(options, tracked)
      : makeSecureServer({ ...options, ...certificate, handshakeTimeout: patience.headersMs }, tracked);
  connectionsOf.set(server, connections);
  server.on('connection', (socket: Socket) => {
    const crowd = connections.admit(socket);
    if (crowd === undefined) return;
    onCrowd?.(crowd, socket.remoteAddress ?? '');
    // Before the TLS handshake no answer can be sent.
    if (certificate === null) socket.end(rawAnswer(CODES_OF_CROWD[crowd]), () => socket.destroy());
    else socket.destroy();
  });
  server.on('secureConnection', (socket: Socket) => connections.secure(socket));
  server.maxConnections = limits.total + MAX_CONNECTIONS_ARRIVING;
  server.setTimeout(INACTIVITY_MS);
  server.on('clientError', refuseUnreadable);
  // Node handles `Expect: 100-continue`. A request with any other expectation is answered as usual.
  server.on('checkExpectation', tracked);
  return server;
}

/** A failed handshake ends its connection: a plain-text answer could not be read. */
function makeSecureServer(options: SecureServerOptions, listener: RequestListener): Server {
  const server = createSecureServer(options, listener);
  server.removeAllListeners('tlsClientError');
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  // It has all the members in use, but Node's types differ.
  return server as unknown as Server;
}

/**
 * Takes no new connections, lets running requests finish within a deadline, then closes every
 * connection. Meanwhile the answers must say `Connection: close`.
 *
 * Node's own `close` also cuts connections that seem idle, although the next request may be in
 * their buffers (measured: one lost request per connection). So they get some time to send it.
 */
export async function drain(server: Server): Promise<void> {
  if (!server.listening) return;
  let closed = false;
  const whenClosed = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => {
      closed = true;
      resolve();
    });
  });
  const started = Date.now();
  while (!closed && Date.now() < started + DRAIN_MS) {
    if (Date.now() > started + LAST_REQUEST_MS) closeIdle(server);
    await Promise.race([whenClosed, delay(IDLE_CHECK_MS)]);
  }
  // Also ends the timer that enforces the limits.
  server.close();
  server.closeAllConnections();
  connectionsOf.get(server)?.closeAll();
  await whenClosed;
}

/**
 * Browsers open connections in advance. Node treats one that never sent a byte as busy until its
 * headers are overdue (measured).
 */
function closeIdle(server: Server): void {
  server.closeIdleConnections();
  connectionsOf.get(server)?.closeUnused();
}

/** Whether the mandatory `Host` header of HTTP/1.1 is missing. */
export function lacksHost({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.host === undefined && httpVersion !== '1.0';
}
