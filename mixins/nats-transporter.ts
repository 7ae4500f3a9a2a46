/**
 * Moleculer's NATS transporter with the following changes:
 * - Every call goes to a node that the caller chooses, so the caller knows which calls a dead node
 *   had. Requests and pings name a reply subject. NATS answers there at once where nobody has
 *   subscribed to theirs: that node is gone.
 * - The subject of a request begins with the service. So NATS permits only users that may serve it
 *   to get requests to it, whatever a node announces.
 * - Moleculer loses requests that arrive while a node stops. This one ends the subscription of
 *   requests first, answers those that came before, and only then says farewell. A farewell that
 *   arrives rejects no calls (`onLeft`).
 * - A node that has lost NATS announces itself as soon as it is back, not with its next heartbeat.
 * - While NATS is away Moleculer's throws when the broker stops, which skips the services' own
 *   `stopped` hooks.
 * - Moleculer runs whatever action a request names, protected ones included, under whatever subject
 *   it came. The permissions of NATS are about subjects, so this one drops a request that names
 *   another action than its subject.
 * - It drops messages with headers, and with other reply subjects than an inbox of their sender.
 *   Nodes send none, but deliveries of JetStream have both: who may create a consumer could
 *   otherwise have the server publish on subjects that they may not publish on.
 * - Moleculer answers to whatever sender a packet names, and the client writes that into NATS's
 *   protocol as it stands: a line break in it would let everybody publish as any node's user. This
 *   one drops packets of senders that are no node's id, and sends to plain subjects only.
 * - Moleculer ends the process when another node announces itself with its id. Anybody can, so this
 *   one does not listen.
 * - Nobody calls with a stream. This one drops such requests, whose chunks Moleculer keeps without
 *   a bound.
 * - Nobody uses Moleculer's own events, so they are not subscribed.
 * - A request carries the time that its caller had left when it was sent. This one takes off what
 *   it may have been under way, so that a node that was frozen does not carry out what its callers
 *   have given up.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Transporters } from 'moleculer';
import { Events, type Msg, type NatsConnection, type NatsError, type Subscription } from 'nats';
import { inboxPrefixOf } from './bus/nats-user.ts';
import { Freshness } from './freshness.ts';
import { throttle } from './outage.ts';

/** What was sent last may take this long to leave when a node stops, in milliseconds. */
const FLUSH_MS = 1_000;

/**
 * Moleculer's types of packets: what tells a node's services, a call, a ping, an event, and a
 * node's end.
 */
const ANNOUNCEMENT = 'INFO';
const REQUEST = 'REQ';
const PING = 'PING';
const EVENT = 'EVENT';
const FAREWELL = 'DISCONNECT';
/** The status of the message by which NATS says that nobody has subscribed. */
const NO_RESPONDERS = 503;

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
/** Decides by the action that a request names, and by its subject. */
type Takes = (action: string, subject: string) => boolean;
type Handler = (command: string, packet: Packet) => Promise<unknown>;

/** What this node announces of a service. */
interface Announced {
  readonly actions?: Readonly<Record<string, { readonly visibility?: string | null }>>;
}

/** Named in `moleculer.config.ts`; takes the same options as Moleculer's. */
export class NatsTransporter extends Transporters.NATS {
  /**
   * The actions that other nodes may call, including those of services that have stopped: callers
   * that have not heard of it yet need an answer.
   */
  readonly #offered = new Set<string>();
  /** Anybody who may publish can cause these lines. */
  readonly #warn = throttle((text) => this.logger.warn(text));
  /** Of requests, by service. */
  readonly #requests = new Map<string, Subscription>();
  /** The inbox for what NATS says of undelivered messages. */
  #inbox = '';
  #freshness = new Freshness();
  /** Set by Moleculer's `init`; its types leave it out. */
  declare private readonly messageHandler: Handler;
  /**
   * Whether there is a connection now: what is sent without one leaves as soon as there is a new
   * one, be it too late.
   */
  isLinked = false;
  /** When a lost connection was last replaced, in milliseconds of `performance.now()`. */
  relinkedAt = Number.NEGATIVE_INFINITY;
  /**
   * Called for each request and ping that NATS could not deliver, in the order in which they were
   * sent: the node has no connection to NATS.
   */
  onUndelivered: (nodeId: string, id: string) => void = () => {};

  /** Called when a node says that it has stopped. */
  onLeft: (nodeId: string) => void = () => {};

  /** How long ago NATS got the last ping that it has answered, in milliseconds. */
  get silenceMs(): number {
    return this.#freshness.maxAgeMs;
  }

  /** Subscribes to the requests of services before they are announced. */
  #offer(services: readonly Announced[]): void {
    if (this.client === null) return;
    const actions = services.flatMap((service) => Object.entries(service.actions ?? {}));
    for (const [name, { visibility }] of actions) {
      if (HIDDEN.has(visibility ?? '')) continue;
      this.#offered.add(name);
      const [service = ''] = name.split('.');
      if (this.#requests.has(service)) continue;
      const takes: Takes = (action, subject) =>
        this.#offered.has(action) && subject === this.#requestTopic(action, this.nodeID);
      const topic = this.#requestTopic(`${service}.>`, this.nodeID);
      this.#requests.set(service, this.#listen(topic, REQUEST, takes));
    }
  }

  /** The subject also names the action, so that each can be permitted on its own. */
  #requestTopic(action: string, nodeId: string): string {
    const [service = '', ...words] = action.split('.');
    return [this.prefix, REQUEST, service, nodeId, ...words].join('.');
  }

  override async connect(): Promise<void> {
    this.#freshness = new Freshness();
    this.#requests.clear();
    this.#inbox = `${inboxOf(this.nodeID)}.undelivered`;
    await super.connect();
  }

  /** Called with the connection, before anything is subscribed. */
  override async onConnected(wasReconnect?: boolean): Promise<void> {
    const client = this.client as NatsConnection;
    void this.#freshness.follow(() => client.flush());
    void this.#followConnection(client);
    this.#followUndelivered(client);
    await super.onConnected(wasReconnect);
  }

  async #followConnection(client: NatsConnection): Promise<void> {
    this.isLinked = true;
    for await (const { type } of client.status()) {
      if (type === Events.Disconnect) this.isLinked = false;
      if (type !== Events.Reconnect) continue;
      this.isLinked = true;
      this.relinkedAt = performance.now();
      // Others may have met a subject without a subscriber meanwhile.
      void this.transit.discoverer.sendLocalNodeInfo();
      void this.transit.discoverer.discoverAllNodes();
    }
  }

  #followUndelivered(client: NatsConnection): void {
    const inbox = this.#inbox;
    const callback = (error: NatsError | null, { subject, headers }: Msg) => {
      if (error !== null) return this.logger.error(`NATS refuses ${inbox} to this node: ${error.message}`);
      if (headers?.code !== NO_RESPONDERS) return;
      const words = subject.slice(inbox.length + 1).split('.');
      const id = words.pop() ?? '';
      this.onUndelivered(words.join('.'), id);
    };
    client.subscribe(`${inbox}.>`, { callback });
  }

  override async makeSubscriptions(topics: { cmd: string; nodeID?: string }[]): Promise<void> {
    await super.makeSubscriptions(topics.filter(({ cmd }) => cmd !== EVENT && cmd !== REQUEST));
  }

  override async subscribe(command: string, nodeID?: string): Promise<void> {
    this.#listen(this.getTopicName(command, nodeID), command);
  }

  #listen(topic: string, command: string, takes: Takes = () => true): Subscription {
    const callback = (error: NatsError | null, message: Msg) => {
      if (error !== null) return this.logger.error(`NATS refuses ${topic} to this node: ${error.message}`);
      const packet = this.#read(command, message);
      const isOwn = packet?.payload.sender === this.nodeID;
      if (isOwn && (command === ANNOUNCEMENT || command === FAREWELL)) return;
      if (packet === undefined || !takes(String(packet.payload.action), message.subject)) {
        this.#warn(`Dropped a message under ${topic}: no node of this system sends such a one`);
      } else void this.#handle(command, packet);
    };
    return (this.client as NatsConnection).subscribe(topic, { callback });
  }

  /** The packet; undefined for what no node sends. */
  #read(command: string, { reply, headers, data }: Msg): Packet | undefined {
    if (headers !== undefined) return undefined;
    try {
      const packet = this.deserialize(command, Buffer.from(data));
      if (!isSound(command, packet.payload)) return undefined;
      return !reply || reply.startsWith(`${inboxOf(packet.payload.sender)}.`) ? packet : undefined;
    } catch {
      return undefined;
    }
  }

  async #handle(command: string, packet: Packet): Promise<void> {
    if (command === FAREWELL) return this.onLeft(packet.payload.sender);
    const request = packet.payload as { timeout?: number | null };
    // What has no time left is refused by the node (deadlines.middleware.ts); zero would mean no
    // limit.
    if (command === REQUEST && request.timeout) {
      request.timeout = Math.max(request.timeout - this.#freshness.maxAgeMs, Number.MIN_VALUE);
    }
    await this.messageHandler(command, packet);
  }

  override async publish(packet: Packet): Promise<void> {
    const { type, payload } = packet;
    const target = packet.target ?? undefined;
    if (type === ANNOUNCEMENT) this.#offer(payload.services as readonly Announced[]);
    // What arrives later has no subscriber, and its caller hears of that.
    if (type === FAREWELL) await soon(Promise.all([...this.#requests.values()].map((each) => each.drain())));
    const topic =
      type === REQUEST ? this.#requestTopic(payload.action, target ?? '') : this.getTopicName(type, target);
    const isFollowed = target !== undefined && (type === REQUEST || type === PING);
    const meta = isFollowed ? { reply: `${this.#inbox}.${target}.${payload.id}` } : {};
    await this.send(topic, this.serialize(packet), meta);
  }

  /** `reply`: the subject where NATS says that it could not deliver the message. Default: none. */
  override async send(
    topic: string,
    data: Buffer,
    { reply }: { readonly reply?: string } = {},
  ): Promise<void> {
    for (const subject of reply === undefined ? [topic] : [topic, reply]) {
      if (!SUBJECT.test(subject)) throw new Error(`${JSON.stringify(subject)} is no subject`);
    }
    (this.client as NatsConnection | null)?.publish(topic, data, reply === undefined ? {} : { reply });
  }

  override async disconnect(): Promise<void> {
    const client = this.client as NatsConnection | null;
    if (client === null) return;
    this.client = null;
    this.#freshness.stop();
    await soon(client.flush());
    await soon(client.close());
  }
}

/** Without NATS there is nobody to send to: a flush would fail or wait for its return. */
function soon(work: Promise<unknown>): Promise<unknown> {
  return Promise.race([work.catch(() => {}), delay(FLUSH_MS, undefined, { ref: false })]);
}

/** An inbox that only this node subscribes to, below those of its user. */
function inboxOf(nodeId: string): string {
  const [user = '', ...words] = nodeId.split('.');
  return [inboxPrefixOf(user), ...words].join('.');
}

/** Whether a node of this system may have sent it. */
function isSound(command: string, payload: unknown): boolean {
  if (typeof payload !== 'object' || payload === null) return false;
  const { sender, stream, seq } = payload as { sender?: unknown; stream?: unknown; seq?: unknown };
  if (typeof sender !== 'string' || !NODE_ID.test(sender)) return false;
  return command !== REQUEST || (!stream && !seq);
}
