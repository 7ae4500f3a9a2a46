/**
 * Moleculer's NATS transporter with the following changes:
 * - With the balancer off, Moleculer renews all its queue subscriptions whenever a service is registered. Requests
 *   that are sent meanwhile to the only node of a service are lost. This one adds and removes single subscriptions.
 * - Moleculer subscribes the actions of services up to a second after they have started, but announces them at once.
 *   Calls in between would be lost. This one subscribes before it announces.
 * - While NATS is away Moleculer's throws when the broker stops, which skips the services' own `stopped` hooks.
 * - Moleculer runs whatever action a request names, protected ones included, under whatever subject it came. The
 *   permissions of NATS are about subjects, so this one drops a request that names another action than its subject.
 * - It drops messages with a reply subject or headers. Nodes send neither, but deliveries of JetStream have both: who
 *   may create a consumer could otherwise have the server publish on subjects that they may not publish on.
 * - Moleculer answers to whatever sender a packet names, and the client writes that into NATS's protocol as it stands: a line break in it
 *   would let everybody publish as any node's user. This one drops packets of senders that are no node's id, and sends to plain subjects only.
 * - Moleculer ends the process when another node announces itself with its id. Anybody can, so this one does not listen.
 * - Nobody calls with a stream. This one drops such requests, whose chunks Moleculer keeps without a bound.
 * - Nobody uses Moleculer's own events, so they are not subscribed.
 * - A request carries the time that its caller had left when it was sent. This one takes off what it may have been under
 *   way, so that a node that was frozen does not carry out what its callers have given up.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Transporters } from 'moleculer';
import { Events, type Msg, type NatsConnection, type NatsError, type Subscription } from 'nats';
import { Freshness } from './freshness.ts';
import { throttle } from './outage.ts';

/** What was sent last may take this long to leave when a node stops, in milliseconds. */
const FLUSH_MS = 1_000;

/** Moleculer's types of packets: what tells a node's services, a call, and an event. */
const ANNOUNCEMENT = 'INFO';
const REQUEST = 'REQ';
const EVENT = 'EVENT';

/**
 * Moleculer's names for what is only for the node itself; it announces these actions all the same.
 */
const HIDDEN: ReadonlySet<string> = new Set(['protected', 'private']);

/**
 * The id of a node: words of a subject. Its length is bounded, as that of a line of NATS's protocol
 * is (4 KiB).
 */
const NODE_ID = /^(?=.{1,250}$)[\w+-]+(?:\.[\w+-]+)*$/;
/**
 * What may be sent to: a subject without wildcards, and nothing that NATS would read as more than
 * one word of a line.
 */
const SUBJECT = /^(?=.{1,1000}$)[\w$+-]+(?:\.[\w$+-]+)*$/;

type Packet = Parameters<Transporters.NATS['publish']>[0];
interface Listening {
  readonly takes?: (action: string, subject: string) => boolean;
  readonly queue?: string;
}
type Handler = (command: string, packet: Packet) => Promise<unknown>;

/** What this node announces of a service. */
interface Announced {
  readonly actions?: Readonly<Record<string, { readonly visibility?: string | null }>>;
}

/** Named in `moleculer.config.ts`; takes the same options as Moleculer's. */
export class NatsTransporter extends Transporters.NATS {
  /** By the action they are for. */
  readonly #balanced = new Map<string, Subscription>();
  /** Anybody who may publish can cause these lines. */
  readonly #warn = throttle((text) => this.logger.warn(text));
  #freshness = new Freshness();
  /** Set by Moleculer's `init`; its types leave it out. */
  declare private readonly messageHandler: Handler;
  /**
   * Whether there is a connection now: what is sent without one leaves as soon as there is a new
   * one, be it too late.
   */
  isLinked = false;

  /**
   * The actions that other nodes may call: those of this node's services that are neither protected
   * nor private.
   */
  #served(): ReadonlySet<string> {
    const services: readonly Announced[] = this.broker.getLocalNodeInfo().services;
    const actions = services.flatMap((service) => Object.entries(service.actions ?? {}));
    return new Set(actions.flatMap(([name, { visibility }]) => (HIDDEN.has(visibility ?? '') ? [] : [name])));
  }

  override async connect(): Promise<void> {
    this.#freshness = new Freshness();
    await super.connect();
  }

  /** Called with the connection, before anything is subscribed. */
  override async onConnected(wasReconnect?: boolean): Promise<void> {
    const client = this.client as NatsConnection;
    void this.#freshness.follow(() => client.flush());
    void this.#followConnection(client);
    await super.onConnected(wasReconnect);
  }

  async #followConnection(client: NatsConnection): Promise<void> {
    this.isLinked = true;
    for await (const { type } of client.status()) {
      if (type === Events.Disconnect) this.isLinked = false;
      if (type === Events.Reconnect) this.isLinked = true;
    }
  }

  /**
   * Subscribes what is new, then ends what is gone. It does not pause before: it may be called
   * again meanwhile.
   */
  override async makeBalancedSubscriptions(): Promise<void> {
    if (this.client === null) return;
    const served = this.#served();
    for (const action of served) {
      if (!this.#balanced.has(action)) void this.subscribeBalancedRequest(action);
    }
    for (const [action, subscription] of this.#balanced) {
      if (served.has(action)) continue;
      subscription.unsubscribe();
      this.#balanced.delete(action);
    }
  }

  override async makeSubscriptions(topics: { cmd: string; nodeID?: string }[]): Promise<void> {
    await super.makeSubscriptions(topics.filter(({ cmd }) => cmd !== EVENT));
  }

  override async subscribe(command: string, nodeID?: string): Promise<void> {
    const topic = this.getTopicName(command, nodeID);
    if (command !== REQUEST) this.#listen(topic, command);
    else {
      const takes = (action: string, subject: string) =>
        subject === `${topic}.${action}` && this.#served().has(action);
      this.#listen(`${topic}.>`, command, { takes });
    }
  }

  override async subscribeBalancedRequest(action: string): Promise<void> {
    const topic = `${this.prefix}.${REQUEST}B.${action}`;
    const takes = (named: string) => named === action;
    this.#balanced.set(action, this.#listen(topic, REQUEST, { takes, queue: action }));
  }

  /** `takes` decides by the action that a request names, and by its subject. */
  #listen(topic: string, command: string, { takes, queue }: Listening = {}): Subscription {
    const callback = (error: NatsError | null, message: Msg) => {
      if (error !== null) return this.logger.error(`NATS refuses ${topic} to this node: ${error.message}`);
      const packet = this.#read(command, message);
      if (command === ANNOUNCEMENT && packet?.payload.sender === this.nodeID) return;
      if (packet === undefined || takes?.(String(packet.payload.action), message.subject) === false) {
        this.#warn(`Dropped a message under ${topic}: no node of this system sends such a one`);
      } else void this.#handle(command, packet);
    };
    const client = this.client as NatsConnection;
    return client.subscribe(topic, { callback, ...(queue === undefined ? {} : { queue }) });
  }

  /** The packet; undefined for what no node sends. */
  #read(command: string, { reply, headers, data }: Msg): Packet | undefined {
    if (reply || headers !== undefined) return undefined;
    try {
      const packet = this.deserialize(command, Buffer.from(data));
      return isSound(command, packet.payload) ? packet : undefined;
    } catch {
      return undefined;
    }
  }

  #handle(command: string, packet: Packet): Promise<unknown> {
    const request = packet.payload as { timeout?: number | null };
    // What has no time left is refused by the node (deadlines.middleware.ts); zero would mean no
    // limit.
    if (command === REQUEST && request.timeout) {
      request.timeout = Math.max(request.timeout - this.#freshness.maxAgeMs, Number.MIN_VALUE);
    }
    return this.messageHandler(command, packet);
  }

  override send(topic: string, data: Buffer): Promise<void> {
    if (!SUBJECT.test(topic)) return Promise.reject(new Error(`${JSON.stringify(topic)} is no subject`));
    return super.send(topic, data);
  }

  /** A node also receives what it announces: NATS keeps the order of what one connection sends. */
  override async publish(packet: Packet): Promise<void> {
    if (packet.type === ANNOUNCEMENT) await this.makeBalancedSubscriptions();
    if (packet.type !== REQUEST) return await super.publish(packet);
    // Also of a request to one node the subject names the action, so that it can be permitted on
    // its own.
    const topic = `${this.getTopicName(REQUEST, packet.target ?? undefined)}.${packet.payload.action}`;
    await this.send(topic, this.serialize(packet));
  }

  override async disconnect(): Promise<void> {
    const client = this.client as NatsConnection | null;
    if (client === null) return;
    this.client = null;
    this.#freshness.stop();
    this.#balanced.clear();
    // Without NATS there is nobody to send to: a flush would fail or wait for its return.
    await Promise.race([client.flush().catch(() => {}), delay(FLUSH_MS, undefined, { ref: false })]);
    await Promise.race([client.close(), delay(FLUSH_MS, undefined, { ref: false })]);
  }
}

/** Whether a node of this system may have sent it. */
function isSound(command: string, payload: unknown): boolean {
  if (typeof payload !== 'object' || payload === null) return false;
  const { sender, stream, seq } = payload as { sender?: unknown; stream?: unknown; seq?: unknown };
  if (typeof sender !== 'string' || !NODE_ID.test(sender)) return false;
  return command !== REQUEST || (!stream && !seq);
}
