/** Freezes processes, like a swapping machine or a debugger: connections stay open, nothing answers. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import {
  behindName,
  childrenOf,
  isRunning,
  type ProcessId,
  processOf,
  signal,
} from '../../scripts/launcher/process.ts';

/** How often the threads of a stopping process are looked at, in milliseconds. */
const POLL_MS = 20;

/**
 * Stops a process and its children (SIGSTOP), and waits until each of their threads has stopped. A
 * thread that waits for a processor would go on for a moment.
 */
export async function freeze(id: ProcessId): Promise<void> {
  // The parent comes first, so that it cannot start a child meanwhile.
  signal(id, 'SIGSTOP');
  const all = withChildren(id);
  for (const each of all) signal(each, 'SIGSTOP');
  for (const each of all) {
    while (isRunning(each) && !statesOf(each.pid).every((state) => state === 'T')) await delay(POLL_MS);
  }
}

/** Lets them run again. */
export function resume(id: ProcessId): void {
  for (const each of withChildren(id)) signal(each, 'SIGCONT');
}

function withChildren(id: ProcessId): ProcessId[] {
  return [id, ...childrenOf(id.pid).flatMap((pid) => processOf(pid) ?? [])];
}

/** The states of the threads of a process, as single letters; elsewhere than on Linux its own. */
function statesOf(pid: number): string[] {
  if (process.platform !== 'linux') {
    return [
      spawnSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' })
        .stdout.trim()
        .charAt(0),
    ];
  }
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => {
      const [state = ''] = behindName(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8'));
      return state;
    });
  } catch {
    // The process or a thread has ended meanwhile: the caller looks again.
    return [''];
  }
}
