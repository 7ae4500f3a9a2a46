/**
 * The bus on nats.js. It never gives up: it waits for a NATS that is away, reconnects for ever, and
 * makes the streams and buckets that it knows again when they are gone. A connection that nats.js
 * closes for good all the same (it should not) is fatal: `onClosed` is called, which by default
 * throws outside of any promise and so ends the process; whoever supervises it starts it again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  connect,
  DebugEvents,
  ErrorCode,
  Events,
  type JetStreamClient,
  type JetStreamManager,
  type KV,
  type NatsConnection,
  NatsError,
} from 'nats';
import { type Log, SILENT } from '#mixins/log.ts';
import { bucketName, streamName } from '#mixins/names.ts';
import { Outage, throttle } from '#mixins/outage.ts';
import type { Config } from '../../config.ts';
import type { Bus } from './bus.ts';
import { connectionOptions } from './connection-options.ts';
import { STREAMS_BUCKET } from './epochs.ts';
import { inboxPrefixOf, natsUserOf } from './nats-user.ts';
import { keptReplicas, REPLICAS_KEY } from './replicas.ts';
import { bucketSettings, ensureStream, streamExists, streamSettings, wantedReplicas } from './streams.ts';

export interface BusOptions {
  /**
   * Called when the connection was closed for good although nobody stopped the bus. Default:
   * throws, which ends the process.
   */
  readonly onClosed?: (reason: Error) => void;
  /**
   * Whether it only uses the streams and buckets that are there. Default false: it makes what is
   * missing.
   */
  readonly observer?: boolean;
}

/**
 * How long a request to JetStream may take, in milliseconds. Below the 5 s after which PostgreSQL
 * ends a transaction that idles.
 */
const REQUEST_MS = 3_000;
/** One reason, whatever server was lost. */
const LOST = 'lost';
/** Pause between attempts while NATS is not there or not ready, in milliseconds. */
const RETRY_MS = 250;
/** A drain that takes longer (the server is frozen, say) is cut off, in milliseconds. */
const DRAIN_MS = 2_000;
/**
 * How long after it was missed a stream is made again, in milliseconds. Made by one connection
 * while another one's deletion is still removing files, it loses its folder to that: nats-server
 * 2.9.10 then acknowledges what it does not keep, or takes nothing until it is restarted (measured;
 * deletions took up to 50 ms). Below what a relay's transaction may idle.
 */
const MADE_AGAIN_AFTER_MS = 1_000;

/** Refusals that are known to have been logged. */
const MAX_REFUSED_TOLD = 1_000;

/** Waiting does not help against these; at the start they are told at once. */
const REFUSED: ReadonlySet<string> = new Set([
  ErrorCode.AuthorizationViolation,
  ErrorCode.BadAuthentication,
  ErrorCode.AuthenticationExpired,
  ErrorCode.Tls,
]);

function noted(): void {}

function endProcess(reason: Error): void {
  setImmediate(() => {
    throw reason;
  });
}

/**
 * The bus of this node; `start` connects it. Where `options.onClosed` is not given, a connection
 * that is closed for good ends the process.
 */
export function createBus(config: Config, log: Log = SILENT, options: BusOptions = {}): Bus {
  return new NatsBus(config, log, options);
}

interface Connected {
  readonly connection: NatsConnection;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
}

class NatsBus implements Bus {
  readonly namespace: string;
  readonly inboxPrefix: string;
  readonly #config: Config;
  readonly #log: Log;
  readonly #onClosed: (reason: Error) => void;
  readonly #observer: boolean;
  readonly #warnThrottled: (text: string, kind?: string) => void;
  readonly #errorThrottled: (text: string) => void;
  readonly #listeners = new Set<() => void>();
  readonly #refused = new Set<string>();
  readonly #streams = new Set<string>();
  readonly #buckets = new Set<string>();
  #live: Connected | undefined;
  #connected = false;
  /** Which connection to a server this is; what began in an earlier one is void. */
  #session = 0;
  readonly #unready: Outage;
  /**
   * Measured: a server that was frozen takes and drops several connections within milliseconds when
   * it goes on.
   */
  readonly #lost: Outage;
  /** The first attempts at streams, by their names, since the last reconnect. They never reject. */
  readonly #restoring = new Map<string, Promise<void>>();
  readonly #unrestored = new Map<string, Outage>();
  #stopping = false;
  #warnedOfOne = false;

  constructor(config: Config, log: Log, { onClosed = endProcess, observer = false }: BusOptions) {
    this.namespace = config.namespace;
    this.inboxPrefix = inboxPrefixOf(natsUserOf(config));
    this.#config = config;
    this.#log = log;
    this.#onClosed = onClosed;
    this.#observer = observer;
    this.#unready = new Outage('JetStream is not ready', log);
    this.#lost = new Outage('NATS is away', log);
    this.#warnThrottled = throttle((text) => log.warn(text));
    this.#errorThrottled = throttle((text) => log.error(text));
  }

  get connection(): NatsConnection {
    return this.#started().connection;
  }

  get jetstream(): JetStreamClient {
    return this.#started().jetstream;
  }

  get manager(): JetStreamManager {
    return this.#started().manager;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /**
   * Resolves when JetStream answers; throws when NATS refuses our credentials, or when `stop` is
   * called meanwhile.
   */
  async start(): Promise<void> {
    const outage = new Outage('Waiting for NATS', this.#log);
    for (;;) {
      try {
        this.#live = await this.#connect();
        outage.over();
        break;
      } catch (error) {
        if (this.#stopping) throw new Error('The bus was stopped before it reached NATS', { cause: error });
        if (error instanceof NatsError && REFUSED.has(error.code)) throw error;
        outage.failed(error);
        await pause(RETRY_MS);
      }
    }
    this.#connected = true;
    const { connection } = this.#live;
    void this.#follow(connection);
    void connection.closed().then((reason) => this.#closed(reason));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const connection = this.#live?.connection;
    if (connection === undefined || connection.isClosed()) return;
    const cutOff = new AbortController();
    if (this.#connected) {
      await Promise.race([
        connection.drain().catch(() => {}),
        pause(DRAIN_MS, undefined, { signal: cutOff.signal }).catch(() => {}),
      ]);
    }
    cutOff.abort();
    await connection.close();
    this.#connected = false;
  }

  async ensureStream(service: string): Promise<string> {
    const stream = streamName(this.namespace, service);
    if (this.#observer) return await this.#existing(stream);
    await this.#restoring.get(stream);
    return await this.#makeStream(service, async () => {
      if (this.#streams.has(service)) await this.#afterDeletion(stream);
    });
  }

  async bucket(name: string): Promise<KV> {
    const stream = this.#bucketStream(name);
    if (this.#observer) {
      await this.#existing(stream);
      return await this.#bind(name);
    }
    await this.#restoring.get(stream);
    if (this.#buckets.has(name)) {
      if (await streamExists(this.manager, stream)) return await this.#bind(name);
      await this.#afterDeletion(stream);
    }
    return await this.#makeBucket(name);
  }

  /** The name of a stream that is there; throws for one that is not. */
  async #existing(stream: string): Promise<string> {
    if (await streamExists(this.manager, stream)) return stream;
    throw new Error(`There is no stream ${stream}, and a command makes none`);
  }

  /** For a stream that is gone and was there: somebody may be deleting it at this moment. */
  async #afterDeletion(stream: string): Promise<void> {
    this.#warnThrottled(`Stream ${stream} was deleted; it is made again in ${MADE_AGAIN_AFTER_MS} ms`);
    await pause(MADE_AGAIN_AFTER_MS);
  }

  async #makeStream(service: string, whenMissing?: () => Promise<void>): Promise<string> {
    const kept = await keptReplicas(this.manager, this.namespace);
    const wanted = streamSettings(this.namespace, service, wantedReplicas(this.#config.streamReplicas, kept));
    const warn = (message: string) => this.#warnThrottled(message);
    const replicas = await ensureStream(this.manager, wanted, warn, whenMissing);
    await this.#noteReplicas(replicas, kept);
    this.#streams.add(service);
    return wanted.name;
  }

  /**
   * Lets the cluster keep the number that this node was given, once a stream or bucket has so many
   * replicas: NATS may have no place for them.
   */
  async #noteReplicas(replicas: number, kept: number | null): Promise<void> {
    this.#warnOfOne(replicas);
    const given = this.#config.streamReplicas;
    if (given === null || given <= (kept ?? 1) || replicas < given) return;
    const subject = `$KV.${bucketName(this.namespace, STREAMS_BUCKET)}.${REPLICAS_KEY}`;
    // Without the bucket, or without the right: the provisioning step does it, and nothing is
    // lowered meanwhile.
    await this.jetstream.publish(subject, String(given)).catch(noted);
  }

  #warnOfOne(replicas: number): void {
    if (replicas > 1 || this.#warnedOfOne || this.connection.info?.cluster === undefined) return;
    this.#warnedOfOne = true;
    this.#log.warn(
      'NATS is a cluster, but streams or buckets have one replica: the loss of a server stops them, or loses events. Change it with: ' +
        'npm run nats -- replicas 3',
    );
  }

  async #makeBucket(name: string): Promise<KV> {
    const kept = await keptReplicas(this.manager, this.namespace);
    const wanted = bucketSettings(this.namespace, name, wantedReplicas(this.#config.streamReplicas, kept));
    const warn = (message: string) => this.#warnThrottled(message);
    await this.#noteReplicas(await ensureStream(this.manager, wanted, warn), kept);
    this.#buckets.add(name);
    return await this.#bind(name);
  }

  /** Makes nothing, also where it is deleted at this very moment. */
  #bind(name: string): Promise<KV> {
    return this.jetstream.views.kv(bucketName(this.namespace, name), {
      bindOnly: true,
      // A direct read may come from a replica that lags behind; what is kept here decides who is
      // signed in.
      allow_direct: false,
    });
  }

  onReconnect(action: () => void): () => void {
    this.#listeners.add(action);
    return () => this.#listeners.delete(action);
  }

  #started(): Connected {
    if (this.#live === undefined) throw new Error('The bus has not been started');
    return this.#live;
  }

  async #connect(): Promise<Connected> {
    if (this.#stopping) throw new Error('The bus was stopped');
    const connection = await connect(connectionOptions(this.#config));
    try {
      const manager = await connection.jetstreamManager({ timeout: REQUEST_MS, checkAPI: false });
      await manager.getAccountInfo();
      if (this.#stopping) throw new Error('The bus was stopped');
      return { connection, manager, jetstream: connection.jetstream({ timeout: REQUEST_MS }) };
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async #follow(connection: NatsConnection): Promise<void> {
    for await (const { type, data, permissionContext } of connection.status()) {
      if (type === Events.Disconnect) {
        this.#connected = false;
        this.#session++;
        this.#lost.failed(`lost ${data}`, LOST);
      } else if (type === DebugEvents.Reconnecting) {
        this.#lost.failed(`${data} can't be reached`, LOST);
      } else if (type === Events.Reconnect) {
        this.#lost.over();
        void this.#restore(++this.#session);
      } else if (type === Events.Error) {
        if (permissionContext === undefined) this.#errorThrottled(`NATS: ${data}`);
        else this.#tellRefusal(`${permissionContext.operation} ${permissionContext.subject}`);
      }
    }
  }

  /**
   * What is refused is tried again and again, and stays refused until somebody changes the rights
   * of our user.
   */
  #tellRefusal(what: string): void {
    if (this.#refused.has(what)) return;
    if (this.#refused.size === MAX_REFUSED_TOLD) this.#refused.clear();
    this.#refused.add(what);
    this.#log.error(`NATS does not permit its user ${natsUserOf(this.#config)}: ${what}`);
  }

  #closed(reason: unknown): void {
    this.#connected = false;
    if (this.#stopping) return;
    this.#onClosed(new Error('The connection to NATS was closed for good', { cause: reason }));
  }

  /**
   * As soon as JetStream answers, the bus counts as connected and, in the same moment, everybody is
   * told. The server may have come back with an empty store, so each stream and bucket that we know
   * is made again, independently of the others: one may be dead (its replicas have no majority,
   * say) while all others are well. Whoever asks for one waits for the first attempt at it.
   */
  async #restore(session: number): Promise<void> {
    const over = () => this.#session !== session || this.#stopping;
    while (!(await this.#answers())) {
      if (over()) return;
      await pause(RETRY_MS);
    }
    if (over()) return;
    this.#restoring.clear();
    for (const service of this.#streams) {
      void this.#restoreOne(streamName(this.namespace, service), () => this.#makeStream(service), over);
    }
    for (const name of this.#buckets) {
      void this.#restoreOne(this.#bucketStream(name), () => this.#makeBucket(name), over);
    }
    this.#connected = true;
    for (const listener of [...this.#listeners]) listener();
  }

  async #answers(): Promise<boolean> {
    try {
      await this.manager.getAccountInfo();
      this.#unready.over();
      return true;
    } catch (error) {
      this.#unready.failed(error);
      return false;
    }
  }

  async #restoreOne(stream: string, make: () => Promise<unknown>, over: () => boolean): Promise<void> {
    // Of the stream, not of this reconnect: the next one may end what began in this one.
    const outage =
      this.#unrestored.get(stream) ?? new Outage(`Stream ${stream} can't be restored`, this.#log);
    this.#unrestored.set(stream, outage);
    for (let first = true; !over(); first = false) {
      const attempt = make();
      if (first) this.#restoring.set(stream, attempt.then(noted, noted));
      try {
        await attempt;
        return outage.over();
      } catch (error) {
        if (over()) return;
        outage.failed(error);
        await pause(RETRY_MS);
      }
    }
  }

  #bucketStream(name: string): string {
    return `KV_${bucketName(this.namespace, name)}`;
  }
}
