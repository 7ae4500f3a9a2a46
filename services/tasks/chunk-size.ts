/** How many tasks a shuffle draws at a time: as many as keep their row locks short on this machine, at this moment. */

/** Milliseconds that a chunk may hold its row locks: as long as somebody may wait who completes a task of it. */
export const MAX_HELD_MS = 50;
/** Milliseconds aimed at: a chunk is now and then more than twice as slow as the one before, when the disk or the collector has its turn. */
const TARGET_HELD_MS = MAX_HELD_MS * 0.4;
/** Few enough to stay below the limit on a cold cache, where the first chunk runs. */
export const FIRST_CHUNK_SIZE = 32;
/** Fewer would not be faster: the commit alone then takes the time. */
const MIN_CHUNK_SIZE = 8;
/** Beyond that the rate no longer rises, and events of a chunk would take many megabytes of memory. */
const MAX_CHUNK_SIZE = 1_000;
/** One lucky chunk must not make a far too long one. */
const MAX_GROWTH = 1.5;

/** The size of the next chunk after one of `size` that drew `tasks` (≥ 1) and held its locks for `heldMs`. */
export function nextChunkSize(size: number, tasks: number, heldMs: number): number {
  const fitting = (tasks * TARGET_HELD_MS) / Math.max(heldMs, 0.1);
  const next = Math.floor(Math.min(fitting, size * MAX_GROWTH));
  return Math.min(Math.max(next, MIN_CHUNK_SIZE), MAX_CHUNK_SIZE);
}
