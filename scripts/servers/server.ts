/** What the embedded servers have in common: a child with a log, and its life. */
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { COMPILE_CACHE } from '../compile-cache.mjs';
import { childrenOf, endProcess, type ProcessId, processOf, signal } from '../launcher/process.ts';
import { type Begun, begin, type OpenNote } from '../launcher/spawn.ts';

export interface Server {
  /** Where clients connect, with the user and the password. */
  readonly url: string;
  /** For the terminal: name, version and address, no secret. */
  readonly summary: string;
  readonly id: ProcessId;
  /** Resolves when the process has ended, wanted or not. */
  readonly exited: Promise<void>;
  /** Orderly; waits for the end. Nothing happens when it has ended already. */
  stop(): Promise<void>;
  /** As a power cut would: SIGKILL to it and its children. */
  kill(): Promise<void>;
  /** Freezes it and its children (SIGSTOP): connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
}

export interface ServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Gets what the server says; appended, and begun anew when larger than `LOG_LIMIT`. */
  readonly log: string;
  readonly user?: { readonly uid: number; readonly gid: number } | null;
  readonly openNote?: OpenNote | undefined;
}

/**
 * A log larger than this is moved aside at the next start, in bytes: two of them never fill a disk.
 */
const LOG_LIMIT = 10_000_000;

/** An orderly stop may write a checkpoint; after this many milliseconds the server is killed. */
const STOP_WITHIN_MS = 30_000;

/** Starts a server with nothing of our environment that could change what it does. */
export async function spawnServer(options: ServerOptions): Promise<Begun> {
  if ((statSync(options.log, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT) {
    renameSync(options.log, `${options.log}.1`);
  }
  const log = openSync(options.log, 'a', 0o600);
  try {
    const { command, args, cwd, user, openNote } = options;
    const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', NODE_COMPILE_CACHE: COMPILE_CACHE };
    const begun = await begin(command, args, { cwd, env, output: log, user }, openNote);
    begun.child.unref();
    return begun;
  } finally {
    closeSync(log);
  }
}

/** The actions of `Server` on a process; `stopSignal` is what it takes for an orderly stop. */
export function controls(begun: Begun, stopSignal: NodeJS.Signals) {
  const { id, exited } = begun;
  const all = (name: NodeJS.Signals) => {
    // The parent first: it must not start or miss a child in between.
    const children = childrenOf(id.pid).flatMap((pid) => processOf(pid) ?? []);
    for (const one of [id, ...children]) signal(one, name);
  };
  return {
    id,
    exited,
    stop: () => endProcess(id, stopSignal, STOP_WITHIN_MS),
    async kill() {
      all('SIGKILL');
      await exited;
    },
    pause: () => all('SIGSTOP'),
    resume: () => all('SIGCONT'),
  };
}

/** Pause between two looks at a server that starts, in milliseconds. */
const LOOK_EVERY_MS = 50;

/**
 * What `look` finds once the server answers, such as its version. What `look` throws, and
 * undefined, mean "not yet". Null when the server ended first, or at the deadline: it is stopped
 * then.
 */
export async function whenAnswering<Found>(
  begun: Begun,
  stopSignal: NodeJS.Signals,
  deadline: number,
  look: () => Promise<Found | undefined>,
): Promise<Found | null> {
  let isOver = false;
  void begun.exited.then(() => {
    isOver = true;
  });
  while (!isOver && Date.now() < deadline) {
    const found = await look().catch(() => undefined);
    // Another process that has the port would be taken for ours: ours ends then, at once.
    if (found !== undefined && !isOver) return found;
    await delay(LOOK_EVERY_MS);
  }
  await controls(begun, stopSignal).stop();
  return null;
}

/** How many lines of its log are told of a server that did not start. */
const TOLD_LINES = 8;

/** The last lines of a log, for an error message. */
export function tail(log: string): string {
  try {
    return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-TOLD_LINES).join('\n');
  } catch {
    return '';
  }
}
