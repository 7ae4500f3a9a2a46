/** The folder of a test run's files. */
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/**
 * Linux keeps files there in memory. Each database is 300 files, and hundreds of databases are made
 * and dropped in a run.
 */
const MEMORY_FOLDER = '/dev/shm';
/**
 * Minimum free space, in bytes: four times the files of a run. A container often has only 64 MiB.
 */
const ROOM_IN_MEMORY = 4 * 2 ** 30;

/** The folders below which this run or earlier ones may have their folder. */
export function placesOfRuns(): readonly string[] {
  return roomIn(MEMORY_FOLDER) === null ? [tmpdir()] : [MEMORY_FOLDER, tmpdir()];
}

/** In memory if there is enough of it, otherwise on the disk. */
export function placeOfRun(): string {
  const room = roomIn(MEMORY_FOLDER) ?? 0;
  return Math.min(room, process.availableMemory()) < ROOM_IN_MEMORY ? tmpdir() : MEMORY_FOLDER;
}

/** Free bytes; null where there is no such folder. */
function roomIn(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
