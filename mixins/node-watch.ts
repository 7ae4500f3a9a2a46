/**
 * Finds nodes that are gone or silent while calls to them have no answer.
 *
 * NATS reports at once that a message to a node had no subscriber (`undelivered`). It does so in
 * the order in which the messages were sent. So a ping that is sent after calls decides about them:
 * if it is undelivered, and a call before it was delivered, the node has died with that call.
 *
 * A frozen node keeps its connection, and NATS goes on delivering to it. Only its missing answers
 * to pings reveal it.
 */

import { runOutOfScope } from './call-scope.ts';

/**
 * How long a call may be without an answer before its node is pinged, and the pause between pings,
 * in milliseconds. Most calls end sooner, and cost no ping.
 */
export const PROBE_MS = 250;
/**
 * A node that leaves so many pings in a row without an answer is silent: about two seconds, which
 * is the pause between heartbeats. Fewer would hit nodes whose thread is only busy.
 */
export const SILENT_AFTER = 8;

/** A call that was sent to a node and has no answer. The watch calls one of the functions. */
export interface SentCall {
  /** The id of the request, as the node and NATS see it. */
  readonly id: string;
  readonly nodeId: string;
  /** The node has never got it. */
  undelivered(): void;
  /** The node is gone. It may have carried it out. */
  lost(): void;
  /** The node is silent. It may carry it out later. Called again with each further ping. */
  doubted(): void;
}

/** What the watch needs of the cluster. */
export interface Cluster {
  /** Sends a ping. `id` comes back with the answer, or as undelivered. */
  ping(nodeId: string, id: string): void;
  /** Takes the node out of the registry, until it announces itself again. */
  drop(nodeId: string, isExpected?: boolean): void;
  /**
   * Whether nodes alone explain what is missing: this node's own connection has been there for a
   * while, and NATS answers.
   */
  isSound(): boolean;
}

interface Watched {
  readonly call: SentCall;
  readonly number: number;
  readonly sentAt: number;
}

export class NodeWatch {
  readonly #cluster: Cluster;
  readonly #now: () => number;
  /** By node, then by the id of the call, in the order in which they were sent. */
  readonly #calls = new Map<string, Map<string, Watched>>();
  /** Pings without an answer in a row, by node. */
  readonly #unanswered = new Map<string, number>();
  /** Counts calls and pings, in the order in which they were sent. */
  #sent = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `now` in milliseconds, for tests. */
  constructor(cluster: Cluster, now: () => number = () => performance.now()) {
    this.#cluster = cluster;
    this.#now = now;
  }

  /** A call is being sent. */
  sent(call: SentCall): void {
    const calls = this.#calls.get(call.nodeId) ?? new Map<string, Watched>();
    this.#calls.set(call.nodeId, calls);
    calls.set(call.id, { call, number: this.#sent++, sentAt: this.#now() });
    // The timer is not part of the call that happens to be the first.
    this.#timer ??= runOutOfScope(() => setInterval(() => this.pass(), PROBE_MS).unref());
  }

  /** The call has its answer, or its caller has given up. */
  ended({ nodeId, id }: SentCall): void {
    const calls = this.#calls.get(nodeId);
    calls?.delete(id);
    if (calls?.size === 0) this.#calls.delete(nodeId);
  }

  /** One pass over the nodes with calls that wait. Returns how many pings it has sent. */
  pass(): number {
    if (this.#calls.size === 0) this.stop();
    const waiting = [...this.#calls.keys()].filter((nodeId) => this.#waitsFor(nodeId));
    for (const nodeId of this.#unanswered.keys()) {
      if (!waiting.includes(nodeId)) this.#unanswered.delete(nodeId);
    }
    if (waiting.length === 0) return 0;
    if (!this.#cluster.isSound()) {
      // Otherwise all nodes would look silent.
      this.#unanswered.clear();
      return 0;
    }
    for (const nodeId of waiting) this.#probe(nodeId);
    return waiting.length;
  }

  #waitsFor(nodeId: string): boolean {
    const [oldest] = this.#calls.get(nodeId)?.values() ?? [];
    return oldest !== undefined && this.#now() - oldest.sentAt >= PROBE_MS;
  }

  #probe(nodeId: string): void {
    const unanswered = this.#unanswered.get(nodeId) ?? 0;
    if (unanswered >= SILENT_AFTER) {
      this.#cluster.drop(nodeId);
      for (const { call } of this.#callsOf(nodeId)) call.doubted();
    }
    this.#unanswered.set(nodeId, unanswered + 1);
    this.#ping(nodeId);
  }

  #ping(nodeId: string): void {
    this.#cluster.ping(nodeId, String(this.#sent++));
  }

  /** A copy: the functions of a call end it. */
  #callsOf(nodeId: string): Watched[] {
    return [...(this.#calls.get(nodeId)?.values() ?? [])];
  }

  /** Whether the node has left a ping without an answer until the next one. */
  isDoubtful(nodeId: string): boolean {
    return (this.#unanswered.get(nodeId) ?? 0) > 1;
  }

  /** The node has answered a ping. */
  answered(nodeId: string): void {
    this.#unanswered.delete(nodeId);
  }

  /** The node says that it has stopped, so it has answered every call that it has got. */
  left(nodeId: string): void {
    this.#cluster.drop(nodeId, true);
    // A call that crossed this message will come back as undelivered, and has not begun.
    if (this.#calls.has(nodeId)) this.#ping(nodeId);
  }

  /** NATS could not deliver a call or a ping to the node. `id` is that of the call or ping. */
  undelivered(nodeId: string, id: string): void {
    this.#cluster.drop(nodeId);
    const watched = this.#calls.get(nodeId)?.get(id);
    if (watched !== undefined) {
      watched.call.undelivered();
      // Decides about the calls that were sent before this one.
      if (this.#calls.has(nodeId)) this.#ping(nodeId);
      return;
    }
    // After an outage of NATS the node may only be slower to connect again.
    if (!this.#cluster.isSound()) return;
    for (const { call, number } of this.#callsOf(nodeId)) {
      if (number < Number(id)) call.lost();
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#unanswered.clear();
  }
}
