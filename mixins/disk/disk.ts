/**
 * The file system of the data folder, where the system has one. The launcher notes its free space
 * in a file of that folder, and everything else reads the file.
 */
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { Metrics } from '#mixins/metrics/metrics.ts';
import { type DiskSample, type Forecast, forecast } from './forecast.ts';

/** The file of the samples in the data folder. */
export const SAMPLES_FILE = 'disk-samples.json';

export interface Disk {
  readonly freeBytes: number;
  readonly sizeBytes: number;
  readonly forecast: Forecast;
}

/** The free space for ordinary users, and the size; null where there is no such folder. */
export async function spaceOf(folder: string): Promise<Omit<Disk, 'forecast'> | null> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Empty where there are none. A file that a power cut has damaged counts as none. */
export function readSamples(folder: string): readonly DiskSample[] {
  try {
    const samples = JSON.parse(readFileSync(`${folder}/${SAMPLES_FILE}`, 'utf8')) as DiskSample[];
    return samples.filter(({ at, freeBytes }) => Number.isFinite(at) && Number.isFinite(freeBytes));
  } catch {
    return [];
  }
}

/** Null where there is no data folder: the servers are not those of `npm start`. */
export async function readDisk(folder: string, now: number): Promise<Disk | null> {
  const space = await spaceOf(folder);
  if (space === null) return null;
  return { ...space, forecast: forecast(readSamples(folder), { at: now, freeBytes: space.freeBytes }) };
}

export function addDiskMetrics(metrics: Metrics, folder: string): void {
  metrics.add({
    name: 'disk',
    metrics: {
      disk_free_bytes: { type: 'gauge', help: 'Free space of the file system of the data folder' },
      disk_size_bytes: { type: 'gauge', help: 'Size of the file system of the data folder' },
      disk_full_days: {
        type: 'gauge',
        help: 'Days until the disk of the data folder is full. None while it does not fill up, or was measured for less than a day',
      },
    },
    async read() {
      const disk = await readDisk(folder, Date.now());
      if (disk === null) return [];
      const { freeBytes, sizeBytes, forecast } = disk;
      const days = forecast.is === 'filling' ? forecast.days : null;
      return [{ values: { disk_free_bytes: freeBytes, disk_size_bytes: sizeBytes, disk_full_days: days } }];
    },
  });
}
