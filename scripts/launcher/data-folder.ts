/** The data folder: made, and checked to be ours, before anything is started in it. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { messageOf } from '../../schemas/text.ts';
import { readIfThere, writeWhole } from './files.ts';
import { LaunchError } from './launch-error.ts';
import { lockFolder } from './lock.ts';

/** Rises when an older launcher could not use the folder any more, or a newer one must change it. */
export const DATA_VERSION = '1';

/** Makes and locks the folder; gives the release of the lock. */
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
