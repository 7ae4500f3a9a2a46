/**
 * Limits the open connections of a server. When a new connection finds no room, another one is
 * closed.
 *
 * An idle connection has no request: it is kept for the next request, has sent nothing yet, or is
 * still sending headers. The connection that has been idle longest is closed first, then the one
 * that has been sending a body longest. A new connection is closed after bodies that began before
 * it: its request may be on its way. Otherwise, among many slow bodies, new connections would close
 * one another unanswered. A connection is never closed while its request is being answered.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '#mixins/network.ts';
import { hasBody } from '../requests/body.http.ts';

/** The limits of concurrent connections. */
export interface ConnectionLimits {
  readonly total: number;
  /** The limit of one address; an IPv6 network (/64) counts as one. */
  readonly ofAddress: number;
  /** Whether an address is exempt from `ofAddress`, as a proxy with many clients is. */
  readonly isExempt: (address: string) => boolean;
}

/** A client usually sends its first request within this time, in milliseconds. */
const PROMPT_MS = 1_000;

/** Which limit was reached: that of an address, or the total. */
export type Crowd = 'address' | 'total';

/**
 * The limit that was reached, with the variable that sets it. `address` is that of the refused
 * connection.
 */
export function crowdText(crowd: Crowd, address: string, { ofAddress, total }: ConnectionLimits): string {
  return crowd === 'address'
    ? `Address ${address} has reached its limit of connections (CONNECTION_LIMIT_ADDRESS: ${ofAddress})`
    : `This node has reached its limit of connections (CONNECTION_LIMIT: ${total})`;
}

type Phase = 'idle' | 'receiving' | 'answering';

interface Connection {
  readonly address: string;
  readonly group: Group;
  /** With TLS there are two: the network socket, and the one with decrypted data. */
  readonly sockets: Socket[];
  /** Requests without a complete answer. There are several when a client pipelines. */
  requests: number;
  /** When its current use began, in milliseconds. */
  since: number;
}

/** Connections by use. Each set is ordered by the start of the use, the oldest first. */
class Group {
  count = 0;
  readonly #idle = new Set<Connection>();
  readonly #receiving = new Set<Connection>();

  move(connection: Connection, phase: Phase): void {
    this.#idle.delete(connection);
    this.#receiving.delete(connection);
    if (phase === 'idle') this.#idle.add(connection);
    if (phase === 'receiving') this.#receiving.add(connection);
  }

  /**
   * The connection to close for another; undefined when all are being answered. `now` is in
   * milliseconds.
   */
  leastUsed(now: number): Connection | undefined {
    const [idle] = this.#idle;
    const [receiving] = this.#receiving;
    const isNew = idle !== undefined && now - idle.since < PROMPT_MS;
    return isNew && receiving !== undefined && receiving.since < idle.since ? receiving : (idle ?? receiving);
  }
}

export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #now: () => number;
  readonly #bySocket = new Map<Socket, Connection>();
  readonly #all = new Group();
  readonly #byAddress = new Map<string, Group>();

  /** `now` returns milliseconds. */
  constructor(limits: ConnectionLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  has(socket: Socket): boolean {
    return this.#bySocket.has(socket);
  }

  /**
   * Adds a new connection, and closes another if needed. Returns the limit that was reached, or
   * undefined when the connection was admitted.
   */
  admit(socket: Socket): Crowd | undefined {
    const { remoteAddress } = socket;
    // The connection closed before it was handled.
    if (remoteAddress === undefined) return undefined;
    const { total, ofAddress, isExempt } = this.#limits;
    const address = networkOf(remoteAddress);
    const group = this.#byAddress.get(address) ?? new Group();
    const now = this.#now();
    const isCrowded = group.count >= ofAddress && !isExempt(remoteAddress);
    if (isCrowded && !this.#close(group.leastUsed(now))) return 'address';
    if (this.#all.count >= total && !this.#close(this.#all.leastUsed(now))) return 'total';
    this.#byAddress.set(address, group);
    const connection = { address, group, sockets: [], requests: 0, since: now };
    for (const each of [group, this.#all]) {
      each.count += 1;
      each.move(connection, 'idle');
    }
    this.#add(connection, socket);
    return undefined;
  }

  /**
   * Records the inner socket of a connection after its TLS handshake. Its requests arrive there,
   * not on the outer socket.
   */
  secure(inner: Socket): void {
    const { _parent: outer } = inner as Socket & { _parent?: Socket };
    const connection = outer && this.#bySocket.get(outer);
    if (connection !== undefined) this.#add(connection, inner);
  }

  /**
   * Records that a request begins on a connection. Call the returned function when its answer has
   * ended.
   */
  begin(socket: Socket, req: IncomingMessage): () => void {
    const receives = hasBody(req);
    this.#change(socket, 1, receives ? 'receiving' : 'answering');
    if (receives) req.once('end', () => this.#change(socket, 0, 'answering'));
    return () => this.#change(socket, -1, 'answering');
  }

  /** Closes the connections without a request so far. */
  closeUnused(): void {
    for (const { sockets } of new Set(this.#bySocket.values())) {
      if (sockets.at(-1)?.bytesRead === 0) destroy(sockets);
    }
  }

  closeAll(): void {
    for (const { sockets } of new Set(this.#bySocket.values())) destroy(sockets);
  }

  #add(connection: Connection, socket: Socket): void {
    connection.sockets.push(socket);
    this.#bySocket.set(socket, connection);
    socket.once('close', () => this.#forget(connection));
  }

  #change(socket: Socket, requests: number, phase: Phase): void {
    const connection = this.#bySocket.get(socket);
    if (connection === undefined) return;
    connection.requests += requests;
    connection.since = this.#now();
    const used = connection.requests === 0 ? 'idle' : phase;
    for (const group of [connection.group, this.#all]) group.move(connection, used);
  }

  #close(connection: Connection | undefined): boolean {
    if (connection === undefined) return false;
    // Forgets it now: the socket closes a moment later, and others may arrive before that.
    this.#forget(connection);
    destroy(connection.sockets);
    return true;
  }

  #forget(connection: Connection): void {
    const { address, group, sockets } = connection;
    if (!sockets.some((socket) => this.#bySocket.has(socket))) return;
    for (const socket of sockets) this.#bySocket.delete(socket);
    for (const each of [group, this.#all]) {
      each.count -= 1;
      each.move(connection, 'answering');
    }
    if (group.count === 0) this.#byAddress.delete(address);
  }
}

function destroy(sockets: readonly Socket[]): void {
  for (const socket of sockets) socket.destroy();
}
