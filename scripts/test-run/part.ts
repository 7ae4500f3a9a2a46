/** Runs one part of `npm test` until it ends or is ended. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { sendSignal } from '../launcher/process.ts';

/** How long processes that were asked to end may take before they are killed, in milliseconds. */
const END_WITHIN_MS = 10_000;

/** How often we check whether all have ended, in milliseconds. Most are not our children. */
const LOOK_EVERY_MS = 50;

export interface Part {
  readonly name: string;
  /** A program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface PartOptions {
  readonly cwd: string;
  /** Aborted when the part must end. Its reason is a string. */
  readonly over: AbortSignal;
  /** Default `END_WITHIN_MS`; shorter for tests. */
  readonly endWithinMs?: number;
  readonly print?: (line: string) => void;
}

/**
 * Returns whether the part succeeded without being ended. Prints its name, outcome and duration.
 * Throws if it can't be started. The part is a process group and ends as a whole, because Jest's
 * workers and processes started by tests outlive Jest.
 */
export async function runPart(
  { name, command: [file, ...parameters], environment }: Part,
  { cwd, over, endWithinMs = END_WITHIN_MS, print = console.log }: PartOptions,
): Promise<boolean> {
  const startedAt = Date.now();
  const child = spawn(file, parameters, {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
    detached: true,
  });
  await once(child, 'spawn');
  const exited = once(child, 'exit').then(([code]) => (code === 0 ? 'ok' : 'failed'));
  const outcome = await Promise.race([exited, aborted(over)]);
  await endGroup(Number(child.pid), endWithinMs);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  print(`${name}: ${outcome} (${seconds} s)`);
  return outcome === 'ok';
}

/** Resolves with the reason. */
async function aborted(over: AbortSignal): Promise<string> {
  if (!over.aborted) await once(over, 'abort');
  return String(over.reason);
}

async function endGroup(group: number, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (let left = sendSignal(-group, 'SIGTERM'); left; left = sendSignal(-group, 0)) {
    if (Date.now() >= deadline) {
      sendSignal(-group, 'SIGKILL');
      return;
    }
    await delay(LOOK_EVERY_MS);
  }
}
