/**
 * The open connections of a server, and how many there may be. A connection without a request is idle: one that is kept for the next
 * request, one that has never brought a byte, one that brings its headers byte by byte. Where there are too many, the one that has been idle
 * for longest makes room for a new one; then the one that has been sending a body for longest. A connection that was just made goes after
 * bodies that began before it: its request may be on its way, and among many slow bodies new connections would close one another unanswered. A connection whose
 * request is being answered is never closed for another.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '#mixins/network.ts';
import { hasBody } from '../requests/body.ts';

/** How many connections there may be at once. */
export interface ConnectionLimits {
  readonly total: number;
  /** Of one address; an IPv6 network (/64) is one. */
  readonly ofAddress: number;
  /** Whether an address may have as many as there are: that of a proxy, behind which many clients are. */
  readonly isExempt: (address: string) => boolean;
}

/** Within this time a client sends the request for which it connected, in milliseconds. */
const PROMPT_MS = 1_000;

/** Where there is no room: among those of an address, or among all. */
export type Crowd = 'address' | 'total';

/**
 * Which limit was reached, with the variable that sets it. `address` is the one of the connection
 * that found no room.
 */
export function crowdText(crowd: Crowd, address: string, { ofAddress, total }: ConnectionLimits): string {
  return crowd === 'address'
    ? `Address ${address} has as many connections as it may (CONNECTION_LIMIT_ADDRESS: ${ofAddress})`
    : `This node has as many connections as it may (CONNECTION_LIMIT: ${total})`;
}

type Phase = 'idle' | 'receiving' | 'answering';

interface Connection {
  readonly address: string;
  readonly group: Group;
  /** With TLS two: that of the network, and the one with what was decrypted. */
  readonly sockets: Socket[];
  /** Requests that are not answered to their end; more than one where a client sends them in advance. */
  requests: number;
  /** When it began to be used as it is now, in milliseconds. */
  since: number;
}

/** Connections by how they are used; in each set the one that has been so for longest stands first. */
class Group {
  count = 0;
  readonly #idle = new Set<Connection>();
  readonly #receiving = new Set<Connection>();

  place(connection: Connection, phase: Phase): void {
    this.#idle.delete(connection);
    this.#receiving.delete(connection);
    if (phase === 'idle') this.#idle.add(connection);
    if (phase === 'receiving') this.#receiving.add(connection);
  }

  /** The one to close for another; undefined where all are being answered. `now` in milliseconds. */
  leastUsed(now: number): Connection | undefined {
    const [idle] = this.#idle;
    const [receiving] = this.#receiving;
    const isNew = idle !== undefined && now - idle.since < PROMPT_MS;
    return isNew && receiving !== undefined && receiving.since < idle.since ? receiving : (idle ?? receiving);
  }
}

/** See above. */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #now: () => number;
  readonly #bySocket = new Map<Socket, Connection>();
  readonly #all = new Group();
  readonly #byAddress = new Map<string, Group>();

  /** `now` gives milliseconds. */
  constructor(limits: ConnectionLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  has(socket: Socket): boolean {
    return this.#bySocket.has(socket);
  }

  /** Takes in a new connection, maybe closing another one for it; returns where there was no room, undefined where there was. */
  admit(socket: Socket): Crowd | undefined {
    const { remoteAddress } = socket;
    // It closed before it was looked at.
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
      each.place(connection, 'idle');
    }
    this.#add(connection, socket);
    return undefined;
  }

  /** The handshake of a connection is over: its requests come by the inner socket, which Node puts around the outer one. */
  secure(inner: Socket): void {
    const { _parent: outer } = inner as Socket & { _parent?: Socket };
    const connection = outer && this.#bySocket.get(outer);
    if (connection !== undefined) this.#add(connection, inner);
  }

  /** A request begins on a connection; the function that is returned is to be called when its answer has ended. */
  begin(socket: Socket, req: IncomingMessage): () => void {
    const receives = hasBody(req);
    this.#change(socket, 1, receives ? 'receiving' : 'answering');
    if (receives) req.once('end', () => this.#change(socket, 0, 'answering'));
    return () => this.#change(socket, -1, 'answering');
  }

  /** Closes those that have never brought a request, or all. */
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
    for (const group of [connection.group, this.#all]) group.place(connection, used);
  }

  #close(connection: Connection | undefined): boolean {
    if (connection === undefined) return false;
    // At once: it closes a moment later, and others may come before.
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
      each.place(connection, 'answering');
    }
    if (group.count === 0) this.#byAddress.delete(address);
  }
}

function destroy(sockets: readonly Socket[]): void {
  for (const socket of sockets) socket.destroy();
}
