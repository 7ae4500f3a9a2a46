/**
 * Backs up a running system into a new folder. The streams are copied first, then the databases,
 * all as they were at one moment. So every event of a stream is in a database. The outboxes have
 * the events that the streams lack (ADR 40).
 */
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { SAMPLES_FILE } from '#mixins/disk/disk.ts';
import type { Config } from '../../config.ts';
import { VERSION } from '../../product.ts';
import { findAddresses } from '../launcher/addresses.ts';
import { assertSystem } from '../launcher/assert-system.ts';
import { lockFolder } from '../launcher/data-folder.ts';
import { LaunchError } from '../launcher/launch-error.ts';
import { dumpDatabases } from './dump.ts';
import { filesOf, type Manifest, type StoredFile, writeManifest } from './manifest.ts';
import { Progress } from './progress.ts';
import { running } from './running.ts';
import { storeFile, syncFolder } from './store.ts';
import { copyStreams } from './streams.ts';

export interface BackupOptions {
  readonly config: Config;
  /** The folder to make. */
  readonly folder: string;
  /** Gets short lines of progress. */
  readonly print: (line: string) => void;
}

/** Returns the size in bytes. Throws a `LaunchError` that the operator can fix. */
export async function makeBackup({ config: given, folder, print }: BackupOptions): Promise<number> {
  const target = resolve(folder);
  if (existsSync(target)) throw new LaunchError(`${target} exists. Name a new folder for the backup.`);
  const config = running(given);
  await assertSystem(config);
  const draft = `${target}.incomplete`;
  const release = await openDraft(draft);
  try {
    const bytes = await writeBackup(config, draft, new Progress(print));
    renameSync(draft, target);
    // The lock moved with the folder.
    for (const lock of readdirSync(target).filter(isLock)) rmSync(`${target}/${lock}`);
    await syncFolder(dirname(target));
    return bytes;
  } finally {
    release();
    rmSync(draft, { recursive: true, force: true });
  }
}

const isLock = (name: string) => name.startsWith('lock.');

/** An interrupted backup left it, unless another one writes it now. */
async function openDraft(draft: string): Promise<() => void> {
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(draft);
  if ('holder' in lock) {
    throw new LaunchError(`Process ${lock.holder.pid} writes a backup to ${draft}. Name another folder.`);
  }
  for (const name of readdirSync(draft)) {
    if (!isLock(name)) rmSync(`${draft}/${name}`, { recursive: true });
  }
  return lock.release;
}

async function writeBackup(config: Config, draft: string, progress: Progress): Promise<number> {
  const startedAt = new Date();
  const bus = createBus(config, { info() {}, warn: progress.say, error: progress.say }, { observer: true });
  await bus.start();
  try {
    const streams = await copyStreams(config, bus, draft, progress);
    const { takenAt, version, databases } = await dumpDatabases(config, draft, progress);
    const manifest: Omit<Manifest, 'format'> = {
      product: config.product.name,
      namespace: config.namespace,
      version: VERSION,
      startedAt: startedAt.toISOString(),
      takenAt: takenAt.toISOString(),
      servers: { postgres: version, nats: natsVersion(bus) },
      databases,
      streams,
      files: await copyFiles(config, draft),
    };
    for (const folder of readdirSync(draft)) if (!isLock(folder)) await syncFolder(`${draft}/${folder}`);
    writeManifest(draft, manifest);
    await syncFolder(draft);
    return filesOf({ format: 0, ...manifest }).reduce((sum, { bytes }) => sum + bytes, 0);
  } finally {
    await bus.stop();
  }
}

const natsVersion = ({ connection }: Bus) => connection.info?.version ?? '';

/** The launcher writes these anew. Samples of another disk would give a wrong forecast. */
const NOT_COPIED = new Set(['addresses.json', 'version', SAMPLES_FILE]);

/** What services keep in the data folder, such as the secret that seals keys. */
async function copyFiles({ dataDir }: Config, draft: string): Promise<StoredFile[]> {
  if (findAddresses(dataDir) === null) return [];
  const names = readdirSync(dataDir, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !NOT_COPIED.has(entry.name) && !entry.name.endsWith('.tmp'))
    .map(({ name }) => name);
  const files: StoredFile[] = [];
  for (const name of names) {
    files.push(await storeFile(draft, `files/${name}`, createReadStream(`${dataDir}/${name}`)));
  }
  return files;
}
