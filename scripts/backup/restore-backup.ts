/**
 * Restores a backup into a stopped system. Nothing changes before all of the backup was verified.
 * From then on, services do not start on the databases until everything is restored, so a restore
 * that was interrupted is run again.
 */
import { chmodSync, copyFileSync, createReadStream, mkdirSync, readFileSync } from 'node:fs';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { createDurable } from '#mixins/consumer/durable.ts';
import { DatabaseLifecycle } from '#mixins/database/lifecycle.ts';
import {
  type MigrateOptions,
  markRestored,
  migrateRestored,
  migrationsOf,
} from '#mixins/database/migrate.ts';
import { lookAtStream, verifyStream } from '#mixins/outbox/lost-tail.ts';
import { readStreams, tryLock } from '#mixins/outbox/outbox.store.ts';
import type { RestoreStep } from '#mixins/provisioning.ts';
import type { Config } from '../../config.ts';
import { defaultIn } from '../../product.ts';
import { writeWhole } from '../launcher/files.ts';
import { LaunchError } from '../launcher/launch-error.ts';
import { migrationsFolder } from '../provision/databases.ts';
import { makeStreams } from '../provision/streams.ts';
import { rowsIn } from './dump.ts';
import { loadDatabase } from './load.ts';
import { type Manifest, readManifest, type StoredStream, verifyFiles } from './manifest.ts';
import { Progress } from './progress.ts';
import { withServers } from './servers.ts';
import { restoreSnapshot } from './snapshot.ts';
import { assertEmpty, deleteStreams, lookAtTargets, makeDatabases } from './target.ts';

export interface RestoreOptions {
  readonly config: Config;
  /** The folder of the backup. */
  readonly folder: string;
  /** Whether existing data are deleted. */
  readonly replace: boolean;
  /** Gets short lines of progress. */
  readonly print: (line: string) => void;
}

/** Throws a `LaunchError` that the operator can fix, and the errors of the servers. */
export async function restoreBackup({ config, folder, replace, print }: RestoreOptions): Promise<void> {
  const manifest = readManifest(folder, { product: config.product.name, namespace: config.namespace });
  await assertKnown(config, manifest);
  print(`checking the backup of ${manifest.takenAt}`);
  await verifyFiles(folder, manifest);
  await withServers(config, print, async (located) => {
    const bus = createBus(located, { info() {}, warn: print, error: print });
    await bus.start();
    try {
      const targets = await lookAtTargets(located);
      if (!replace) await assertEmpty(located, bus, targets);
      const databases = await makeDatabases(located, targets);
      const restore = new Restore(located, bus, folder, manifest, new Progress(print));
      await restore.databases(databases);
      await restore.streams();
      restore.files();
      await servicesSteps(config, folder, manifest);
      for (const { owner } of databases) await markRestored(owner);
      await restore.complete(databases);
    } finally {
      await bus.stop();
    }
  });
}

/** Throws where a newer release has made the backup. */
async function assertKnown({ product }: Config, { databases, version }: Manifest): Promise<void> {
  for (const { service, migrations } of databases) {
    const known = product.services.has(service)
      ? await migrationsOf(service, migrationsFolder(product, service))
      : [];
    const unknown = migrations.filter((name) => !known.includes(name));
    if (unknown.length === 0) continue;
    throw new LaunchError(
      `The backup is from a newer release (${version}): ${service} has migrations that this one does not know ` +
        `(${unknown.join(', ')}). Restore with the release that made it, or a newer one.`,
    );
  }
}

/** What services add, such as secrets that other servers keep elsewhere. */
async function servicesSteps(config: Config, folder: string, { files }: Manifest): Promise<void> {
  const read = (name: string) => {
    const file = files.find(({ path }) => path.endsWith(`/${name}`));
    return file === undefined ? null : readFileSync(`${folder}/${file.path}`, 'utf8');
  };
  const write = (name: string, content: string) => writeWhole(`${config.dataDir}/${name}`, content);
  for (const service of config.product.services.values()) {
    const step = await defaultIn<RestoreStep>(service, 'restore.client.ts');
    await step?.({ config, read, write });
  }
}

class Restore {
  readonly #config: Config;
  readonly #bus: Bus;
  readonly #folder: string;
  readonly #manifest: Manifest;
  readonly #progress: Progress;

  constructor(config: Config, bus: Bus, folder: string, manifest: Manifest, progress: Progress) {
    this.#config = config;
    this.#bus = bus;
    this.#folder = folder;
    this.#manifest = manifest;
    this.#progress = progress;
  }

  async databases(made: readonly MigrateOptions[]): Promise<void> {
    for (const options of made) {
      const stored = this.#manifest.databases.find(({ service }) => service === options.service);
      // The service is newer than the backup. The next start makes its tables.
      if (stored === undefined) continue;
      await migrateRestored(options, stored.migrations);
      await loadDatabase(options.owner, stored, this.#folder, this.#progress);
      this.#progress.say(
        `${stored.service}: ${rowsIn(stored.tables)} rows of ${stored.tables.length} tables`,
      );
    }
  }

  async streams(): Promise<void> {
    await deleteStreams(this.#config, this.#bus);
    for (const stream of this.#manifest.streams) {
      const source = createReadStream(`${this.#folder}/${stream.file.path}`);
      // The number of replicas of a cluster is kept in a bucket, and a single server can hold one.
      const snapshot = { config: { ...stream.config, num_replicas: 1 }, state: stream.state };
      await restoreSnapshot(this.#bus, snapshot, stream.name, this.#progress.count(stream.name, source));
      await this.#makeDurables(stream);
      this.#progress.say(`${stream.name}: ${stream.state.messages} messages`);
    }
    await makeStreams({ config: this.#config, print: (line) => this.#progress.say(line) });
  }

  /**
   * A durable may have acknowledged events that are not in the snapshot. They get other sequences.
   */
  async #makeDurables({ name: stream, durables }: StoredStream): Promise<void> {
    const { state } = await this.#bus.manager.streams.info(stream);
    for (const { name, acknowledged, filter, ackWaitMs, maxAckPending } of durables) {
      const from = Math.min(acknowledged, state.last_seq) + 1;
      const settings = { ackWaitMs, maxAckPending };
      await createDurable(this.#bus, { stream, durable: name }, settings, from, filter ?? undefined);
    }
  }

  files(): void {
    const { dataDir } = this.#config;
    mkdirSync(dataDir, { recursive: true });
    for (const { path } of this.#manifest.files) {
      const target = `${dataDir}/${path.slice(path.lastIndexOf('/') + 1)}`;
      copyFileSync(`${this.#folder}/${path}`, target);
      chmodSync(target, 0o600);
    }
  }

  /**
   * Brings the databases to this release. Events that were published after the copy of their stream
   * become unpublished, so that the relays publish them again.
   */
  async complete(databases: readonly MigrateOptions[]): Promise<void> {
    for (const { service, migrations } of databases) {
      const log = { info() {}, warn: this.#say, error: this.#say };
      const lifecycle = new DatabaseLifecycle({ config: this.#config, service, migrations, log });
      try {
        const database = await lifecycle.open();
        const count = await database.inTransaction(async (tx) => {
          if (!(await tryLock(tx))) throw new LaunchError(`A node of ${service} was started meanwhile`);
          let events = 0;
          for (const row of await readStreams(tx)) {
            const look = await lookAtStream(this.#bus, row.stream);
            events += (await verifyStream(tx, this.#bus, row, look, false)).putBack;
          }
          return events;
        });
        if (count > 0) this.#say(`${service}: ${count} events will be published again`);
      } finally {
        await lifecycle.close();
      }
    }
  }

  readonly #say = (line: string): void => this.#progress.say(line);
}
