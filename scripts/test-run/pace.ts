/** How fast the machine is on which the tests run: it decides how long they may take. */
import { spawnSync } from 'node:child_process';

/** How long Node takes to start on the machine that the default budget is for, in milliseconds. */
const REFERENCE_MS = 25;
const STARTS = 7;
/** A machine that is slower still is not fit for the tests. */
const MAX_FACTOR = 5;

/** How many times as long as on that machine a start of Node takes here and now, 1..5. */
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
