/** In how many days a disk is full, by its free space over time. Pure. */

/** The free space of a file system at one time. */
export interface DiskSample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly freeBytes: number;
}

export type Forecast =
  /** The free space was measured for too short a time: `hours` of `HOURS_NEEDED`. */
  | { readonly is: 'unknown'; readonly hours: number }
  /** The free space does not shrink. */
  | { readonly is: 'steady' }
  | { readonly is: 'filling'; readonly days: number; readonly bytesPerDay: number };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Pause between two samples in milliseconds. */
export const SAMPLE_EVERY_MS = 2 * HOUR_MS;
/**
 * Older samples are forgotten, in milliseconds. So a system that grows faster is seen in a week.
 */
const KEEP_MS = 14 * DAY_MS;
/**
 * Work follows the day, so a shorter time may have only busy or only idle hours. PostgreSQL and
 * JetStream also take and release whole files meanwhile.
 */
export const HOURS_NEEDED = 24;
/** Samples that are closer together say nothing about a trend, in milliseconds. */
const APART_MS = 12 * HOUR_MS;

/**
 * The samples to keep, oldest first: with `next`, unless the newest of `samples` is younger than
 * the pause between two. Samples from the future, where a clock was wrong, are left out.
 */
export function withSample(samples: readonly DiskSample[], next: DiskSample): readonly DiskSample[] {
  const kept = samples.filter(({ at }) => at <= next.at && at > next.at - KEEP_MS);
  const newest = kept.at(-1);
  return newest !== undefined && next.at - newest.at < SAMPLE_EVERY_MS ? kept : [...kept, next];
}

/**
 * The growth is the median of the growths between samples that are half a day apart or more. So an
 * operator who frees space once, or a large file that comes and goes, does not change it much.
 */
export function forecast(samples: readonly DiskSample[], now: DiskSample): Forecast {
  const kept = withSample(samples, now);
  const hours = Math.max(0, now.at - (kept[0]?.at ?? now.at)) / HOUR_MS;
  if (hours < HOURS_NEEDED) return { is: 'unknown', hours };
  const growths = kept.flatMap((later, index) =>
    kept
      .slice(0, index)
      .filter((earlier) => later.at - earlier.at >= APART_MS)
      .map((earlier) => ((earlier.freeBytes - later.freeBytes) / (later.at - earlier.at)) * DAY_MS),
  );
  const bytesPerDay = median(growths);
  if (bytesPerDay <= 0) return { is: 'steady' };
  return { is: 'filling', days: now.freeBytes / bytesPerDay, bytesPerDay };
}

/** Of at least one number. */
function median(numbers: readonly number[]): number {
  const sorted = Float64Array.from(numbers).sort();
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
