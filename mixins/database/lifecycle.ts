/**
 * Opens a service's database: provisions, migrates and connects. Waits for a server that is not up
 * yet, and reports whether it is there.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionError, type Sequelize } from 'sequelize';
import { backOff } from '#mixins/back-off.ts';
import type { Log } from '#mixins/log.ts';
import { Outage } from '#mixins/outage.ts';
import type { Config } from '../../config.ts';
import { type Address, addressesOf, roleAt, type ServiceAddresses } from './address.ts';
import type { Database } from './database.ts';
import { isRetryable } from './errors.ts';
import { assertMigrated, migrate, migrationsOf, SchemaMissingError } from './migrate.ts';
import { provision, runtimeOnReplica } from './provision.ts';
import { PRIMARY_ONLY, type ReadRoute, routeBetween } from './read-route.ts';
import { ReplicaWatch } from './replica-watch.ts';
import { makeSequelize } from './sequelize.ts';
import { makeDatabase } from './transaction.ts';

/** First and longest pause between two attempts to reach the server, in milliseconds. */
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 5_000;

export interface OpenOptions {
  readonly config: Config;
  readonly service: string;
  readonly migrations: URL;
  readonly log: Log;
  /** Default: those of the configuration, for a node of the service. */
  readonly addresses?: ServiceAddresses;
  /**
   * Bounds that tests shorten, in milliseconds: the time limit of an answer, the pause between two
   * reads of a server's state, and the longest pause between two attempts to reach it. Default: as
   * in production.
   */
  readonly answerWithinMs?: number;
  readonly lookEveryMs?: number;
  readonly maxPauseMs?: number;
}

export interface Readiness {
  readonly ready: boolean;
  readonly reason?: string;
}

/**
 * The primary has not been reached since this node started. It may lack migrations, so nothing is
 * written yet.
 */
export class DatabaseNotMigratedError extends ConnectionError {
  constructor(service: string) {
    super(new Error(`The primary database of ${service} has not been reached yet; only its replica is read`));
    this.name = 'DatabaseNotMigratedError';
  }
}

/**
 * `open` returns once something can be read: from the primary, or, while that is away, from the
 * replica. `close` ends attempts that still wait.
 */
export class DatabaseLifecycle {
  readonly #options: OpenOptions;
  readonly #addresses: ServiceAddresses;
  readonly #closing = new AbortController();
  readonly #outage: Outage;
  #sequelize: Sequelize | undefined;
  #watch: ReplicaWatch | undefined;
  /** How the service connects to its database. Undefined before that is known. */
  runtime: Address | undefined;
  #migrated = false;
  #background: Promise<void> = Promise.resolve();

  /** Throws when the configuration doesn't say where the database is. */
  constructor(options: OpenOptions) {
    this.#options = options;
    this.#addresses = options.addresses ?? addressesOf(options.config, options.service);
    const { host, port } = this.#addresses.owner;
    const what = `The database of ${options.service} on ${host}:${port} can't be prepared yet`;
    this.#outage = new Outage(what, options.log);
  }

  /** Whether `close` was called. From then on, errors of `open` are no failures. */
  get closing(): boolean {
    return this.#closing.signal.aborted;
  }

  /**
   * Resolves when the database is there, however long that takes. When a read replica answers, it
   * does not wait for the primary, and prepares it later. Throws errors of the primary that a retry
   * cannot fix (credentials, a failing migration, a newer release's database). A replica that can't
   * be read is only logged, because the primary replaces it.
   */
  async open(): Promise<Database> {
    const { service, migrations } = this.#options;
    const names = await migrationsOf(service, migrations);
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#connect(await this.#prepare(names), names);
      } catch (error) {
        await this.#pause(error, attempt);
      }
      const runtime = await runtimeOnReplica(this.#addresses, service, names);
      if (runtime !== undefined) {
        // The replica may have admitted another role. Then the password is only known once the
        // primary was prepared.
        const password = () => passwordOf(this.runtime ?? runtime);
        const database = await this.#connect({ ...runtime, password }, names);
        this.#background = this.#prepareLater(names);
        return database;
      }
    }
  }

  async readiness(database: Database): Promise<Readiness> {
    if (!this.#migrated) return { ready: false, reason: 'the database has not been migrated yet' };
    try {
      await database.inTransaction((tx) => tx.rows('SELECT 1'));
      return { ready: true };
    } catch (error) {
      if (isRetryable(error)) return { ready: false, reason: 'the database is away' };
      throw error;
    }
  }

  /** Waits for running transactions, and then closes the pool. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#background;
    await this.#watch?.stop();
    await this.#sequelize?.close();
  }

  /**
   * Brings the database to the state of this release, or waits for the step that does. Returns how
   * to connect.
   */
  async #prepare(names: readonly string[]): Promise<Address> {
    const { service, migrations, log } = this.#options;
    const { owner } = this.#addresses;
    const { runtimeRole, runtime } = await provision(this.#addresses);
    if (runtimeRole === 'owner') {
      log.warn(
        `${roleAt(owner)} may not make roles: ${service} runs as the owner of its database, which nothing keeps from changing its journal`,
      );
    }
    if (runtimeRole === 'given') {
      await assertMigrated(runtime, names);
    } else {
      const applied = await migrate({ owner, runtimeRole: roleAt(runtime), service, migrations });
      if (applied.length > 0) log.info(`Migrated ${owner.database}: ${applied.join(', ')}`);
    }
    this.runtime = runtime;
    this.#migrated = true;
    this.#outage.over();
    return runtime;
  }

  async #prepareLater(names: readonly string[]): Promise<void> {
    for (let attempt = 0; !this.closing && !this.#migrated; attempt++) {
      try {
        await this.#prepare(names);
      } catch (error) {
        if (!isRetryable(error)) {
          this.#options.log.error('The database can not be prepared; nothing will be written', error);
          return;
        }
        await this.#pause(error, attempt).catch(() => {});
      }
    }
  }

  async #connect(primary: Address, names: readonly string[]): Promise<Database> {
    const { service, config, log, answerWithinMs } = this.#options;
    const read = this.#addresses.readAs?.(primary) ?? null;
    const reads = read === null ? PRIMARY_ONLY : await this.#routeTo(read, primary, names);
    const poolSize = config.databasePoolSize;
    this.#sequelize = makeSequelize({ service, primary, read, reads, poolSize, answerWithinMs });
    return makeDatabase({
      service,
      sequelize: this.#sequelize,
      primary,
      onError: (error) => log.error('An action after a commit failed', error),
      assertWritable: () => {
        if (!this.#migrated) throw new DatabaseNotMigratedError(service);
      },
      reads,
    });
  }

  async #routeTo(replica: Address, primary: Address, migrations: readonly string[]): Promise<ReadRoute> {
    const isPrimaryMigrated = () => this.#migrated;
    this.#watch = new ReplicaWatch({ ...this.#options, primary, replica, migrations, isPrimaryMigrated });
    await this.#watch.start();
    return routeBetween(this.#watch);
  }

  /**
   * Waits before the next attempt. Throws the error when waiting would not help, or when the node
   * stops.
   */
  async #pause(error: unknown, attempt: number): Promise<void> {
    if (!isRetryable(error) || this.closing) throw error;
    const { maxPauseMs = MAX_PAUSE_MS } = this.#options;
    const pause = backOff(attempt + 1, FIRST_PAUSE_MS, maxPauseMs);
    // The list of missing migrations changes while another node migrates.
    if (error instanceof SchemaMissingError) this.#outage.failed(error, error.name);
    else this.#outage.failed(error);
    await delay(pause, undefined, { signal: this.#closing.signal });
  }
}

function passwordOf({ password = '' }: Address): string {
  return typeof password === 'string' ? password : password();
}
