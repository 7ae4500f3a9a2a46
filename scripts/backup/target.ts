/**
 * The databases and streams into which a backup is restored. Nothing of a running system is
 * touched.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '#mixins/bus/bus.ts';
import { streamExists } from '#mixins/bus/streams.ts';
import { addressesToProvision, roleAt, type ServiceAddresses } from '#mixins/database/address.ts';
import { quoted, withClient } from '#mixins/database/client.ts';
import { isUnfinished, type MigrateOptions, markUnfinished } from '#mixins/database/migrate.ts';
import { provision } from '#mixins/database/provision.ts';
import { IDENTITY_BUCKET } from '#mixins/identity/identity.ts';
import { bucketName } from '#mixins/names.ts';
import type { Config } from '../../config.ts';
import { LaunchError } from '../launcher/launch-error.ts';
import { migrationsFolder, withDatabase } from '../provision/databases.ts';
import { namesOfStreams } from './streams.ts';

/**
 * Pause after the deletion of streams, in milliseconds. nats-server 2.9.10 removes files for some
 * time, and would remove those of a new stream of the same name (measured: up to 50 ms).
 */
const AFTER_DELETION_MS = 1_000;

export interface Target {
  readonly service: string;
  readonly addresses: ServiceAddresses;
  /** Whether the database is there. */
  readonly exists: boolean;
  /** Whether it has tables, and no unfinished restore. */
  readonly hasData: boolean;
  readonly isUnfinished: boolean;
}

/**
 * Reads what is there. Throws `LaunchError` where somebody is connected to one of the databases.
 */
export async function lookAtTargets(config: Config): Promise<Target[]> {
  const services = withDatabase(config.product, [...config.product.services.keys()]);
  const targets: Target[] = [];
  for (const service of services) targets.push(await lookAt(config, service));
  return targets;
}

async function lookAt(config: Config, service: string): Promise<Target> {
  const addresses = addressesToProvision(config, service);
  const { admin, owner, makesDatabase } = addresses;
  if (!makesDatabase) {
    throw new LaunchError(
      `The URL of ${service} alone can't restore its database. Set DATABASE_URL to a role that may make roles and ` +
        'databases, and take away a URL of another database.',
    );
  }
  const { database } = owner;
  const exists = await withClient(admin, async (client) => {
    const found = await client.rows('SELECT FROM pg_database WHERE datname = $1', [database]);
    const [others] = await client.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = $1 AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      [database],
    );
    if (others?.count) {
      throw new LaunchError(
        `${others.count} sessions use the database ${database}: stop all nodes of the system, then restore.`,
      );
    }
    return found.length > 0;
  });
  if (!exists) return { service, addresses, exists, hasData: false, isUnfinished: false };
  // As the admin: the role of the owner may be missing.
  const address = { ...admin, database };
  const unfinished = await isUnfinished(address);
  const hasTables = await withClient(address, (client) =>
    client.rows(`SELECT FROM pg_class WHERE relkind = 'r' AND relnamespace = to_regnamespace('public')`),
  );
  return {
    service,
    addresses,
    exists,
    hasData: hasTables.length > 0 && !unfinished,
    isUnfinished: unfinished,
  };
}

/** Throws `LaunchError` where something would be lost. An unfinished restore may be overwritten. */
export async function assertEmpty(config: Config, bus: Bus, targets: readonly Target[]): Promise<void> {
  const full = targets.filter(({ hasData }) => hasData).map(({ addresses }) => addresses.owner.database);
  const goesOn = targets.some((target) => target.isUnfinished);
  const streams = goesOn ? [] : await streamsWithMessages(config, bus);
  const found = [...full, ...streams];
  if (found.length === 0) return;
  throw new LaunchError(
    `There are data already: ${found.join(', ')}. Back them up if you need them. Then --replace deletes them.`,
  );
}

async function streamsWithMessages(config: Config, { manager }: Bus): Promise<string[]> {
  const found: string[] = [];
  for (const name of await namesOfStreams(config)) {
    if (!(await streamExists(manager, name))) continue;
    const { state } = await manager.streams.info(name);
    if (state.messages > 0) found.push(name);
  }
  return found;
}

/**
 * Makes the databases again, with their roles and without tables. From then on no node starts on
 * them until the restore has ended.
 */
export async function makeDatabases(config: Config, targets: readonly Target[]): Promise<MigrateOptions[]> {
  const optionsOf = ({ service, addresses }: Target): MigrateOptions => ({
    owner: addresses.owner,
    runtimeRole: roleAt(addresses.runtime),
    service,
    migrations: migrationsFolder(config.product, service),
  });
  for (const target of targets) {
    if (target.hasData || target.isUnfinished) await markUnfinished(optionsOf(target));
  }
  for (const target of targets) {
    const { admin, owner } = target.addresses;
    if (target.exists) {
      await withClient(admin, (client) => client.run(`DROP DATABASE ${quoted(owner.database)}`));
    }
    await provision(target.addresses);
    await markUnfinished(optionsOf(target));
  }
  return targets.map(optionsOf);
}

/** Also the identity bucket, whose keys may be newer than the backup. */
export async function deleteStreams(config: Config, { manager }: Bus): Promise<void> {
  const identity = `KV_${bucketName(config.namespace, IDENTITY_BUCKET)}`;
  let deleted = 0;
  for (const name of [...(await namesOfStreams(config)), identity]) {
    if (!(await streamExists(manager, name))) continue;
    await manager.streams.delete(name);
    deleted += 1;
  }
  if (deleted > 0) await delay(AFTER_DELETION_MS);
}
