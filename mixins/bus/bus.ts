/**
 * The node's connection to JetStream, and the rights of services to use it. All services of a node
 * share the connection. Moleculer has its own.
 */
import type { JetStreamClient, JetStreamManager, KV, NatsConnection } from 'nats';
import type { EventContract } from '#schemas/event.ts';

export interface Bus {
  readonly namespace: string;
  /** The node's own subjects begin with this prefix. Answers arrive there. */
  readonly inboxPrefix: string;
  /** Connects, and waits for a NATS that is away. Later it reconnects without limit. */
  start(): Promise<void>;
  /** Drains and closes. */
  stop(): Promise<void>;
  /** Throws until `start` has returned. */
  readonly connection: NatsConnection;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
  /** Whether the connection is up now, and the streams and buckets that this bus uses exist. */
  readonly connected: boolean;
  /**
   * Makes the stream of a service if it is missing (`zoo_PARROTS` for `parrots`). Returns its name.
   * The bus of a command makes nothing and throws.
   */
  ensureStream(service: string): Promise<string>;
  /**
   * Opens a key-value bucket, by its name without the namespace, and makes it if it is missing. The
   * bus of a command makes nothing and throws.
   */
  bucket(name: string): Promise<KV>;
  /**
   * `action` is called after every reconnect, at the moment when `connected` becomes true again. It
   * must not throw. Returns a function that ends this.
   */
  onReconnect(action: () => void): () => void;
}

/**
 * A service's use of NATS beyond its actions, events and consumers, declared under `rights` in its
 * schema. The permissions of its NATS user are generated from both (`npm run nats -- permissions`).
 * NATS refuses everything that is not declared.
 */
export interface Rights {
  /**
   * Actions of other services that it calls: names, or patterns such as `*.ready`, in which `*`
   * stands for one word.
   */
  readonly calls?: readonly string[];
  /**
   * Events of other services' streams that its outbox may append: its requests to those services.
   */
  readonly requests?: readonly EventContract[];
  /**
   * Streams that it reads again from their beginning, by the names of their services. Its durables
   * for that have changing names.
   */
  readonly replays?: readonly string[];
  /** Buckets that only this service writes and empties, without the namespace. */
  readonly buckets?: readonly string[];
  /** Whether operators' commands read its stream. */
  readonly operatorsRead?: boolean;
}
