/**
 * Identifies processes so that a reused process number is never taken for a process that we
 * started.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A process and its start time. Compare `startedAt` only for equality. */
export interface ProcessId {
  readonly pid: number;
  readonly startedAt: string;
}

/**
 * How often a process that is not our child is checked while we wait for its end, in milliseconds.
 */
const POLL_MS = 20;

const onLinux = process.platform === 'linux';

/** The process with this number now. Null when there is none, or only a zombie. */
export function processOf(pid: number): ProcessId | null {
  const startedAt = onLinux ? startOnLinux(pid) : startElsewhere(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** Whether exactly this process still runs. */
export function isRunning(id: ProcessId): boolean {
  return processOf(id.pid)?.startedAt === id.startedAt;
}

/**
 * The process that wrote this note about itself (spawn.ts). On Linux a note is `<boot> <stat>`,
 * elsewhere number and start. Null for an empty note.
 */
export function notedProcess(note: string): ProcessId | null {
  const form = onLinux ? /^(\S*) (\d+) (.*\S)\s*$/s : /^(\s*)(\d+)\s+(.*\S)\s*$/s;
  const [, before = '', pid, behind = ''] = form.exec(note) ?? [];
  if (pid === undefined) return null;
  const startedAt = onLinux ? startInStat(before, behind) : behind;
  return startedAt === null ? null : { pid: Number(pid), startedAt };
}

function startOnLinux(pid: number): string | null {
  const stat = readText(`/proc/${pid}/stat`);
  return stat === null ? null : startInStat(readText('/proc/sys/kernel/random/boot_id') ?? '', stat);
}

/**
 * The fields of a `/proc/<pid>/stat`, from the state on. The name before it, in brackets, may
 * contain spaces.
 */
export function behindName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/**
 * The start in ticks since boot, and the boot's id, because ticks alone could repeat after a
 * reboot.
 */
function startInStat(boot: string, stat: string): string | null {
  const [state, ...fields] = behindName(stat);
  const ticks = fields[18];
  if (state === 'Z' || state === 'X' || ticks === undefined) return null;
  return `${boot.slice(0, 8)}-${ticks}`;
}

function startElsewhere(pid: number): string | null {
  const line = ps('state=,lstart=', pid);
  return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
}

/** The whole command line, empty when unknown. */
export function commandLineOf(pid: number): string {
  if (!onLinux) return ps('command=', pid);
  return (readText(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
}

/** The working folder. Null when the system does not show it. */
export function workingFolderOf(pid: number): string | null {
  try {
    return onLinux ? readlinkSync(`/proc/${pid}/cwd`) : null;
  } catch {
    return null;
  }
}

/** The parent of the process. Null when unknown. */
export function parentOf(pid: number): number | null {
  const stat = onLinux ? readText(`/proc/${pid}/stat`) : null;
  const parent = stat === null ? ps('ppid=', pid) : behindName(stat)[1];
  return Number(parent) > 0 ? Number(parent) : null;
}

/** The running children of the process. */
export function childrenOf(pid: number): number[] {
  if (!onLinux) {
    const lines = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).stdout ?? '';
    const pairs = lines.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
    return pairs.flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => {
      const stat = readText(`/proc/${child}/stat`);
      return stat !== null && Number(behindName(stat)[1]) === pid;
    });
}

/** Sends a signal; false when the process has ended. */
export function signal(id: ProcessId, name: NodeJS.Signals): boolean {
  return isRunning(id) && sendSignal(id.pid, name);
}

/** By number: below zero that of a group, and 0 only asks. False where no process has it. */
export function sendSignal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Waits for the end of a process, at most `within` milliseconds. Returns whether it ended. */
export async function ended(id: ProcessId, within: number): Promise<boolean> {
  const deadline = Date.now() + within;
  while (isRunning(id)) {
    if (Date.now() >= deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/**
 * Sends the signal `name`, waits `within` milliseconds, then kills the process and waits for its
 * end.
 */
export async function endProcess(id: ProcessId, name: NodeJS.Signals, within: number): Promise<void> {
  if (!signal(id, name)) return;
  // A stopped process (SIGSTOP, Ctrl-Z) would never see the signal.
  signal(id, 'SIGCONT');
  if (await ended(id, within)) return;
  signal(id, 'SIGKILL');
  await ended(id, within);
}

function ps(format: string, pid: number): string {
  return (spawnSync('ps', ['-o', format, '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '').trim();
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
