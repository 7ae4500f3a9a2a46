/** Measures the speed of this machine, which decides the time budget of the tests. */
import { spawnSync } from 'node:child_process';

/** Start time of Node on the reference machine of the default budget, in milliseconds. */
const REFERENCE_MS = 25;
const STARTS = 7;
/** The largest factor: a slower machine is not fit for the tests. */
const MAX_FACTOR = 5;

/** Start time of Node on this machine as a multiple of the reference, 1..5. */
export function slowness(startMs: () => number = startNode): number {
  const times = Array.from({ length: STARTS }, startMs).sort((a, b) => a - b);
  const median = times[Math.floor(STARTS / 2)] as number;
  return Math.min(MAX_FACTOR, Math.max(1, median / REFERENCE_MS));
}

function startNode(): number {
  const begun = performance.now();
  spawnSync(process.execPath, ['--eval', '0'], { stdio: 'ignore' });
  return performance.now() - begun;
}
