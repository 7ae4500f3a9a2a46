/**
 * The bus on nats.js. It waits for a NATS that is away, reconnects without limit, and makes its
 * streams and buckets again when they are gone. nats.js should not close a connection for good. If
 * it does, `onClosed` is called. By default that throws outside of any promise and so ends the
 * process, and its supervisor restarts it.
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
import {
  bucketSettings,
  ensureStream,
  type Settings,
  streamExists,
  streamSettings,
  wantedReplicas,
} from './streams.ts';

export interface BusOptions {
  /**
   * Called when the connection was closed for good without a call of `stop`. Default: throws, which
   * ends the process.
   */
  readonly onClosed?: (reason: Error) => void;
  /** Whether it only uses existing streams and buckets. Default false: it makes missing ones. */
  readonly observer?: boolean;
}

/**
 * Time limit of a request to JetStream, in milliseconds. Below the 5 s after which PostgreSQL ends
 * an idle transaction.
 */
const REQUEST_MS = 3_000;
/** The same reason for every server, so that one outage is logged once. */
const LOST = 'lost';
/** Pause between attempts while NATS is away or not ready, in milliseconds. */
const RETRY_MS = 250;
/** Time limit of a drain, in milliseconds. A frozen server would never end it. */
const DRAIN_MS = 2_000;
/**
 * Pause before a missing stream is made again, in milliseconds. Another connection's deletion may
 * still be removing files, and would remove the new stream's folder. nats-server 2.9.10 then
 * acknowledges messages that it does not keep, or accepts none until a restart. Measured: deletions
 * took up to 50 ms. The pause is below the time for which a relay's transaction may be idle.
 */
const MADE_AGAIN_AFTER_MS = 1_000;

/** The most refusals that are remembered as logged. */
const MAX_REFUSED_TOLD = 1_000;

/** Errors that a retry cannot fix. `start` reports them at once. */
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
 * The bus of this node; `start` connects it. Without `options.onClosed`, a connection that is
 * closed for good ends the process.
 */
export function createBus(config: Config, log: Log = SILENT, options: BusOptions = {}): Bus {
  return new NatsBus(config, log, options);
}

type SettingsOf = (replicas: number) => Settings;

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
  /** The streams that this bus uses, with those of buckets: their settings, by name. */
  readonly #made = new Map<string, SettingsOf>();
  #live: Connected | undefined;
  connected = false;
  /** The number of this connection to a server. Work that began in an earlier one is void. */
  #session = 0;
  readonly #unready: Outage;
  /**
   * A server that was frozen accepts and drops several connections within milliseconds when it goes
   * on (measured).
   */
  readonly #lost: Outage;
  /**
   * The first attempts to make each stream since the last reconnect, by stream name. They never
   * reject.
   */
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

  /**
   * Resolves when JetStream answers. Throws when NATS refuses our credentials, or when `stop` is
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
    this.connected = true;
    const { connection } = this.#live;
    void this.#follow(connection);
    void connection.closed().then((reason) => this.#closed(reason));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const connection = this.#live?.connection;
    if (connection === undefined || connection.isClosed()) return;
    const cutOff = new AbortController();
    if (this.connected) {
      await Promise.race([
        connection.drain().catch(() => {}),
        pause(DRAIN_MS, undefined, { signal: cutOff.signal }).catch(() => {}),
      ]);
    }
    cutOff.abort();
    await connection.close();
    this.connected = false;
  }

  async ensureStream(service: string): Promise<string> {
    const settingsOf = (replicas: number) => streamSettings(this.namespace, service, replicas);
    return await this.#ensure(streamName(this.namespace, service), settingsOf);
  }

  /** Buckets are opened often, so the settings of one that is in use are not compared again. */
  async bucket(name: string): Promise<KV> {
    const bucket = bucketName(this.namespace, name);
    const stream = `KV_${bucket}`;
    await this.#restoring.get(stream);
    if (!this.#made.has(stream) || !(await streamExists(this.manager, stream))) {
      await this.#ensure(stream, (replicas) => bucketSettings(this.namespace, name, replicas));
    }
    return await this.jetstream.views.kv(bucket, {
      // Never makes the bucket, not even when it is deleted at this moment.
      bindOnly: true,
      // A direct read may come from a replica that lags behind, and this data decides who is signed
      // in.
      allow_direct: false,
    });
  }

  async #ensure(stream: string, settingsOf: SettingsOf): Promise<string> {
    if (this.#observer) return await this.#existing(stream);
    await this.#restoring.get(stream);
    return await this.#make(settingsOf, async () => {
      if (this.#made.has(stream)) await this.#afterDeletion(stream);
    });
  }

  /** The name of an existing stream. Throws for a missing one. */
  async #existing(stream: string): Promise<string> {
    if (await streamExists(this.manager, stream)) return stream;
    throw new Error(`There is no stream ${stream}, and a command makes none`);
  }

  /**
   * Waits before a lost stream is made again, because somebody may be deleting it at this moment.
   */
  async #afterDeletion(stream: string): Promise<void> {
    this.#warnThrottled(`Stream ${stream} was deleted; it is made again in ${MADE_AGAIN_AFTER_MS} ms`);
    await pause(MADE_AGAIN_AFTER_MS);
  }

  async #make(settingsOf: SettingsOf, whenMissing?: () => Promise<void>): Promise<string> {
    const kept = await keptReplicas(this.manager, this.namespace);
    const wanted = settingsOf(wantedReplicas(this.#config.streamReplicas, kept));
    const replicas = await ensureStream(this.manager, wanted, this.#warnThrottled, whenMissing);
    await this.#noteReplicas(replicas, kept);
    this.#made.set(wanted.name, settingsOf);
    return wanted.name;
  }

  /**
   * Records the given number of replicas in the cluster, once a stream or bucket has that many.
   * NATS may not have enough servers for them.
   */
  async #noteReplicas(replicas: number, kept: number | null): Promise<void> {
    this.#warnOfOne(replicas);
    const given = this.#config.streamReplicas;
    if (given === null || given <= (kept ?? 1) || replicas < given) return;
    const subject = `$KV.${bucketName(this.namespace, STREAMS_BUCKET)}.${REPLICAS_KEY}`;
    // If the bucket or the right is missing, the provisioning step records the number. Until then
    // no number is lowered.
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
        this.connected = false;
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
   * A refused stream or bucket is retried without limit. It stays refused until an operator changes
   * the rights of our user.
   */
  #tellRefusal(what: string): void {
    if (this.#refused.has(what)) return;
    if (this.#refused.size === MAX_REFUSED_TOLD) this.#refused.clear();
    this.#refused.add(what);
    this.#log.error(`NATS does not permit its user ${natsUserOf(this.#config)}: ${what}`);
  }

  #closed(reason: unknown): void {
    this.connected = false;
    if (this.#stopping) return;
    this.#onClosed(new Error('The connection to NATS was closed for good', { cause: reason }));
  }

  /**
   * Once JetStream answers, the bus counts as connected and all callbacks are called at the same
   * moment. The server may have come back with an empty store, so each stream and bucket in use is
   * made again. They are made independently: one may be dead (its replicas have no majority, say)
   * while the others are well. A caller that needs one waits for the first attempt at it.
   */
  async #restore(session: number): Promise<void> {
    const over = () => this.#session !== session || this.#stopping;
    while (!(await this.#answers())) {
      if (over()) return;
      await pause(RETRY_MS);
    }
    if (over()) return;
    this.#restoring.clear();
    for (const [stream, settingsOf] of this.#made) {
      void this.#restoreOne(stream, () => this.#make(settingsOf), over);
    }
    this.connected = true;
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
    // The outage belongs to the stream, because the next reconnect may end one that began in this
    // one.
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
}
