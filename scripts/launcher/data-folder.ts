/** Makes the data folder, and checks that it is ours, before anything starts in it. */
import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '#schemas/text.ts';
import { readIfThere, writeWhole } from './files.ts';
import { LaunchError } from './launch-error.ts';
import { isRunning, type ProcessId, processOf } from './process.ts';

/**
 * Increase it when an older launcher could not use the folder any more, or a newer one must change
 * it.
 */
const DATA_VERSION = '1';

/** Makes and locks the folder. Returns the release of the lock. */
export async function openDataFolder(dataDir: string): Promise<() => void> {
  try {
    mkdirSync(`${dataDir}/run`, { recursive: true });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    accessSync(`${dataDir}/run`, constants.W_OK);
  } catch (error) {
    throw new LaunchError(
      `The data folder ${dataDir} can't be written (${messageOf(error)}). Set DATA_DIR to a folder of ` +
        'yours, or start as the user it belongs to.',
      { cause: error },
    );
  }
  const version = readIfThere(`${dataDir}/version`)?.trim();
  if (version !== undefined && version !== DATA_VERSION) {
    throw new LaunchError(
      `The data folder ${dataDir} belongs to another version of this project (format ${version}; this one reads ` +
        `${DATA_VERSION}). Start the version that made it, or set DATA_DIR to another folder.`,
    );
  }
  const lock = await lockFolder(`${dataDir}/run`);
  if ('holder' in lock) {
    throw new LaunchError(
      `A system runs on the data folder ${dataDir} already (process ${lock.holder.pid}). Stop it, or set DATA_DIR ` +
        '(and PORT) to run another one beside it.',
    );
  }
  if (version === undefined) writeWhole(`${dataDir}/version`, `${DATA_VERSION}\n`);
  return lock.release;
}

/**
 * Two launchers that start at the same moment both withdraw, and retry after up to this many
 * milliseconds.
 */
const RETRY_MS = 100;
const TRIES = 4;

/**
 * Locks the folder until `release` is called or this process ends. Otherwise returns the holder.
 * Each contender writes its own file, then looks for others, and withdraws if another one is alive.
 * Files of dead holders are removed. A file names its process by number and start time. So a living
 * holder is never taken for a dead one, and two processes never hold the folder.
 */
export async function lockFolder(folder: string): Promise<{ release: () => void } | { holder: ProcessId }> {
  mkdirSync(folder, { recursive: true });
  for (let tries = 1; ; tries++) {
    const mine = `${folder}/lock.${process.pid}.${randomBytes(4).toString('hex')}`;
    writeWhole(mine, JSON.stringify(processOf(process.pid)));
    const holder = holders(folder, mine)[0];
    if (holder === undefined) return { release: () => rmSync(mine, { force: true }) };
    rmSync(mine, { force: true });
    if (tries === TRIES) return { holder };
    await delay(RETRY_MS * Math.random());
  }
}

/** The living processes that hold, or contend for, a folder. */
export function holders(folder: string, except = ''): ProcessId[] {
  return readdirSync(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    if (!/^lock\.\d+\.[0-9a-f]+$/.test(name) || path === except) return [];
    const content = readIfThere(path);
    if (content === null) return [];
    const id: ProcessId = JSON.parse(content);
    if (isRunning(id)) return [id];
    rmSync(path, { force: true });
    return [];
  });
}
