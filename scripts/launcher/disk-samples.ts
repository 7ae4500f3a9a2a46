/** Notes the free space of the data folder's disk from time to time (mixins/disk). */
import { readSamples, SAMPLES_FILE, spaceOf } from '#mixins/disk/disk.ts';
import { withSample } from '#mixins/disk/forecast.ts';
import { messageOf } from '#schemas/text.ts';
import { writeWhole } from './files.ts';

/** Pause between two looks in milliseconds: a machine that slept misses no sample for long. */
const LOOK_EVERY_MS = 600_000;

/** Adds a sample, unless there is a recent one. Throws errors of the disk. */
export async function noteSpace(folder: string, now: number): Promise<void> {
  const space = await spaceOf(folder);
  if (space === null) return;
  const samples = readSamples(folder);
  const kept = withSample(samples, { at: now, freeBytes: space.freeBytes });
  // Most looks change nothing. A full disk must not be written to without need.
  if (kept.at(-1)?.at === samples.at(-1)?.at) return;
  writeWhole(`${folder}/${SAMPLES_FILE}`, JSON.stringify(kept));
}

/** Returns what ends it. A disk that takes no file is reported, and tried again. */
export function startNotingSpace(folder: string, print: (line: string) => void): () => void {
  const look = () =>
    noteSpace(folder, Date.now()).catch((error: unknown) =>
      print(`The free space of ${folder} can't be noted: ${messageOf(error)}`),
    );
  void look();
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}
