/**
 * LISTEN and NOTIFY between the relays of a service, on their own connections. A lost notification
 * does no harm: relays also poll.
 */
import pg from 'pg';
import { backOff } from '#mixins/back-off.ts';
import { loginAt } from '#mixins/database/client.ts';
import type { Database } from '#mixins/database/database.ts';

/** Each database has its own channels. */
const CHANNEL = 'outbox';
/** First and longest pause before the next attempt to connect, in milliseconds. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;
/**
 * Least time between two notifications, in milliseconds. Each locks the whole server at its commit.
 */
const NOTIFY_EVERY_MS = 10;

/** Connects in the background, and again whenever the connection is lost. */
export class Listener {
  readonly #options: pg.ClientConfig;
  readonly #onNotify: () => void;
  #client: pg.Client | undefined;
  #stopped = false;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #pending: NodeJS.Timeout | undefined;

  constructor({ primary }: Pick<Database, 'primary'>, onNotify: () => void) {
    this.#options = loginAt(primary);
    this.#onNotify = onNotify;
  }

  /** Does not wait for the connection. */
  start(): void {
    if (this.#stopped) return;
    const client = new pg.Client({ ...this.#options, keepAlive: true, application_name: 'outbox relay' });
    this.#client = client;
    // `end` follows every error of a connection that was up.
    client.on('error', () => {});
    client.once('end', () => this.#again(client));
    client.on('notification', this.#onNotify);
    client
      .connect()
      .then(() => client.query(`LISTEN ${CHANNEL}`))
      .then(() => {
        this.#failures = 0;
        // Notifications before this are lost.
        this.#onNotify();
      })
      .catch(() => this.#again(client));
  }

  /** Notifies all relays of the service soon, once for many calls. */
  notify(): void {
    this.#pending ??= setTimeout(() => {
      this.#pending = undefined;
      this.#client?.query(`NOTIFY ${CHANNEL}`).catch(() => {});
    }, NOTIFY_EVERY_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#pending);
    await this.#client?.end().catch(() => {});
  }

  #again(client: pg.Client): void {
    if (this.#stopped || this.#client !== client) return;
    this.#client = undefined;
    void client.end().catch(() => {});
    this.#failures += 1;
    const pause = backOff(this.#failures, FIRST_RETRY_MS, MAX_RETRY_MS);
    this.#retry = setTimeout(() => this.start(), pause);
  }
}
