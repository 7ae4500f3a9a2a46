/** Whether the services have handled every event that was made. */
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type JetStreamManager, type NatsConnection } from 'nats';
import pg from 'pg';
import { databaseName, streamName } from '#mixins/names.ts';
import type { System } from './system.ts';

/** Each service before those that make events from its events. */
const SERVICES = ['auth', 'tasks', 'accounting', 'mailer'] as const;
const LOOK_EVERY_MS = 50;
const HANDLED_WITHIN_MS = 30 * 60_000;

type Service = (typeof SERVICES)[number];

export class Backlog {
  readonly #namespace: string;
  readonly #nats: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #databases: ReadonlyMap<Service, pg.Client>;

  private constructor(
    namespace: string,
    nats: NatsConnection,
    manager: JetStreamManager,
    databases: ReadonlyMap<Service, pg.Client>,
  ) {
    this.#namespace = namespace;
    this.#nats = nats;
    this.#manager = manager;
    this.#databases = databases;
  }

  static async of({ config, natsUrl, databaseUrl }: System): Promise<Backlog> {
    const { host, username, password } = new URL(natsUrl);
    const nats = await connect({ servers: host, user: username, pass: decodeURIComponent(password) });
    const databases = new Map<Service, pg.Client>();
    for (const service of SERVICES) {
      databases.set(service, await connectTo(databaseUrl, databaseName(config.namespace, service)));
    }
    return new Backlog(config.namespace, nats, await nats.jetstreamManager(), databases);
  }

  async close(): Promise<void> {
    await this.#nats.close();
    for (const client of this.#databases.values()) await client.end();
  }

  /** Runs a query in the database of a service. */
  async rows<Row extends object>(
    service: Service,
    sql: string,
    bind: readonly unknown[] = [],
  ): Promise<Row[]> {
    const client = this.#databases.get(service);
    if (client === undefined) throw new Error(`There is no database of ${service}`);
    return (await client.query<Row>(sql, [...bind])).rows;
  }

  /** The number that a query returns as `count`. */
  async count(service: Service, sql: string): Promise<number> {
    const [row] = await this.rows<{ count: string }>(service, sql);
    return Number(row?.count ?? 0);
  }

  /** Resolves when all consumers have acknowledged all events, including those that follow. */
  async whenHandled(): Promise<void> {
    const deadline = performance.now() + HANDLED_WITHIN_MS;
    for (const service of SERVICES) {
      while (!(await this.#isHandled(service))) {
        if (performance.now() > deadline) throw new Error(`Events of ${service} are not handled`);
        await delay(LOOK_EVERY_MS);
      }
    }
  }

  /** First the outbox: an event that has left it counts as pending in the stream. */
  async #isHandled(service: Service): Promise<boolean> {
    const waiting = await this.rows(service, 'SELECT FROM outbox WHERE published_at IS NULL LIMIT 1');
    if (waiting.length > 0) return false;
    const consumers = await this.#manager.consumers.list(streamName(this.#namespace, service)).next();
    return consumers.every(({ num_pending, num_ack_pending }) => num_pending + num_ack_pending === 0);
  }
}

/** A connection to a database of the run's PostgreSQL, by the role that may do everything. */
export async function connectTo(databaseUrl: string, database: string): Promise<pg.Client> {
  const client = new pg.Client(urlOf(databaseUrl, database));
  // The server ends before us after a failure.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

export function urlOf(databaseUrl: string, database: string): string {
  const url = new URL(databaseUrl);
  url.pathname = `/${database}`;
  return url.href;
}
