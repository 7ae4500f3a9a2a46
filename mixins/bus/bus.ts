/** The node's connection to JetStream. One a node, shared by all its services; apart from Moleculer's own. */
import type { JetStreamClient, JetStreamManager, KV, NatsConnection } from 'nats';

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
  /** Whether the connection is up right now, and the streams and buckets that this bus knows are there. */
  readonly connected: boolean;
  /** Makes the stream of a service if it is missing (`ates_TASKS` for `tasks`); returns its name. That of a command makes nothing and throws. */
  ensureStream(service: string): Promise<string>;
  /** Opens (makes) a key-value bucket, by its name without the namespace. That of a command makes nothing and throws. */
  bucket(name: string): Promise<KV>;
  /** Called after every reconnect, in the moment in which `connected` becomes true again; must not throw. Returns a function that ends this. */
  onReconnect(action: () => void): () => void;
}
