/**
 * The node's connection to JetStream (one a node, shared by all its services, apart from
 * Moleculer's own), and rights to use it.
 */
import type { JetStreamClient, JetStreamManager, KV, NatsConnection } from 'nats';
import type { EventContract } from '#schemas/event.ts';

export interface Bus {
  readonly namespace: string;
  /** The subjects below it are this node's own: answers come there. */
  readonly inboxPrefix: string;
  /** Connects (waits for a NATS that is away); later it reconnects for ever by itself. */
  start(): Promise<void>;
  /** Drains and closes. */
  stop(): Promise<void>;
  /** Throws before `start` has returned. */
  readonly connection: NatsConnection;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
  /**
   * Whether the connection is up right now, and the streams and buckets that this bus knows are
   * there.
   */
  readonly connected: boolean;
  /**
   * Makes the stream of a service if it is missing (`zoo_PARROTS` for `parrots`); returns its name.
   * That of a command makes nothing and throws.
   */
  ensureStream(service: string): Promise<string>;
  /**
   * Opens (makes) a key-value bucket, by its name without the namespace. That of a command makes
   * nothing and throws.
   */
  bucket(name: string): Promise<KV>;
  /**
   * Called after every reconnect, in the moment in which `connected` becomes true again; must not
   * throw. Returns a function that ends this.
   */
  onReconnect(action: () => void): () => void;
}

/**
 * What a service declares about its use of NATS, under `rights` in its schema, beside what its
 * actions, events and consumers say. The permissions of its NATS user are generated from both (`npm
 * run nats -- permissions`): what is not declared is refused.
 */
export interface Rights {
  /**
   * Actions of other services that it calls: names, or patterns such as `*.ready`, in which `*`
   * stands for one word.
   */
  readonly calls?: readonly string[];
  /**
   * Events that belong to other services' streams and that its outbox may append: what it asks of
   * them.
   */
  readonly requests?: readonly EventContract[];
  /**
   * Streams that it reads again from their beginning by durables of changing names, by the names of
   * their services.
   */
  readonly replays?: readonly string[];
  /** Buckets that only this service writes and empties, without the namespace. */
  readonly buckets?: readonly string[];
  /** Whether operators' commands read its stream. */
  readonly operatorsRead?: boolean;
}
