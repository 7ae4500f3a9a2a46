/**
 * A stranger in the cluster. It implements Moleculer's protocol itself, so that it can send packets
 * that no Moleculer node would.
 */
import { randomUUID } from 'node:crypto';
import { connect, type MsgHdrs, type NatsConnection, type Subscription } from 'nats';
import { until } from './harness/wait.ts';

/** The version of Moleculer's protocol. */
const PROTOCOL = '5';
/** The node answers in some milliseconds; a busy machine takes longer. */
const ANSWER_WITHIN_MS = 20_000;

interface Info {
  readonly sender: string;
  readonly services: readonly { readonly actions: Readonly<Record<string, object>> }[];
}

export interface Call {
  readonly action: string;
  readonly params?: object;
  readonly meta?: object;
  /** The receiving node. By default a node that announces the action, or any node. */
  readonly node?: string;
  /** Replaces the subject that belongs to the action. */
  readonly subject?: string;
}

export class Stranger {
  readonly #connection: NatsConnection;
  readonly #prefix: string;
  readonly #id = `stranger-${randomUUID()}`;
  readonly #answers = new Map<string, string>();
  /** The newest announcement of each node, unchanged. */
  readonly announced = new Map<string, string>();

  private constructor(connection: NatsConnection, namespace: string) {
    this.#connection = connection;
    this.#prefix = `MOL-${namespace}`;
  }

  /** Joins as the user of the URL, and discovers the present nodes. */
  static async join(url: string, namespace: string): Promise<Stranger> {
    const { host, username, password } = new URL(url);
    const connection = await connect({ servers: host, user: username, pass: decodeURIComponent(password) });
    const stranger = new Stranger(connection, namespace);
    stranger.#follow('RES', (text) => stranger.#answers.set((JSON.parse(text) as { id: string }).id, text));
    stranger.#follow('INFO', (text) => stranger.announced.set((JSON.parse(text) as Info).sender, text));
    stranger.send(`${stranger.#prefix}.DISCOVER`, {});
    return stranger;
  }

  /** The subject of requests for an action to a node. */
  subjectOf(action: string, node = this.#nodeFor(action)): string {
    const [service, ...words] = action.split('.');
    return [this.#prefix, 'REQ', service, node, ...words].join('.');
  }

  #nodeFor(action: string): string {
    const nodes = [...this.actions()];
    const [node] = nodes.find(([, actions]) => actions.includes(action)) ?? nodes[0] ?? [];
    if (node === undefined) throw new Error('No node has announced itself yet');
    return node;
  }

  /** The announced actions of each node, by its id. */
  actions(): ReadonlyMap<string, readonly string[]> {
    return new Map(
      [...this.announced].map(([node, text]) => {
        const { services } = JSON.parse(text) as Info;
        return [node, services.flatMap(({ actions }) => Object.keys(actions))];
      }),
    );
  }

  /** Publishes a packet. Adds the fields to its payload that every packet has. */
  send(subject: string, payload: object, options: { reply?: string; headers?: MsgHdrs } = {}): void {
    const packet = JSON.stringify({ ver: PROTOCOL, sender: this.#id, ...payload });
    this.#connection.publish(subject, packet, options);
  }

  /** Sends a request without waiting; returns its id. */
  request(call: Call, options: { reply?: string; headers?: MsgHdrs } = {}): string {
    const { action, params = {}, meta = {}, node } = call;
    const id = randomUUID();
    const payload = { id, action, params, meta, level: 1, timeout: ANSWER_WITHIN_MS, requestID: id };
    this.send(call.subject ?? this.subjectOf(action, node), payload, options);
    return id;
  }

  /** The raw packet of the answer to a request; undefined as long as there is none. */
  answerTo(id: string): string | undefined {
    return this.#answers.get(id);
  }

  /** Sends a request, and waits for the raw packet of its answer. */
  async ask(call: Call): Promise<string> {
    // At first no node has announced itself.
    const id = await until(() => this.request(call));
    const what = `an answer to ${call.action}`;
    return await until(() => this.answerTo(id), { within: ANSWER_WITHIN_MS, what });
  }

  /** The messages under a subject from now on, unchanged. */
  hear(subject: string): readonly string[] {
    const heard: string[] = [];
    this.#connection.subscribe(subject, { callback: (_, message) => heard.push(message.string()) });
    return heard;
  }

  async leave(): Promise<void> {
    await this.#connection.close();
  }

  #follow(command: string, take: (text: string) => void): Subscription[] {
    return [`${this.#prefix}.${command}`, `${this.#prefix}.${command}.${this.#id}`].map((subject) =>
      this.#connection.subscribe(subject, { callback: (_, message) => take(message.string()) }),
    );
  }
}
