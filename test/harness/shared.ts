/**
 * Passes the run from the global setup to the global teardown, because Jest loads each as a
 * separate module.
 */
import type { Guard } from '../../scripts/launcher/guard.ts';

export interface Run {
  readonly folder: string;
  readonly guard: Guard;
}

const holder = globalThis as { testRun?: Run };

export function keepRun(run: Run): void {
  holder.testRun = run;
}

export function keptRun(): Run | undefined {
  return holder.testRun;
}
