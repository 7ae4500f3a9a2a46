/** Common parts of the embedded servers: a child process with a log. */
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { COMPILE_CACHE } from '../compile-cache.mjs';
import { childrenOf, endProcess, processOf, signal } from '../launcher/process.ts';
import { type Begun, begin, type OpenNote } from '../launcher/spawn.ts';

export interface Server extends Readonly<ReturnType<typeof controls>> {
  /** The URL for clients, with user and password. */
  readonly url: string;
  /** Text for the terminal: name, version and address, no secret. */
  readonly summary: string;
}

export interface ServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /**
   * The file for the server's output. It is appended, and replaced when larger than `LOG_LIMIT`.
   */
  readonly log: string;
  readonly user?: { readonly uid: number; readonly gid: number } | null;
  readonly openNote?: OpenNote | undefined;
}

/** A larger log is renamed at the next start, in bytes. Two of these never fill a disk. */
const LOG_LIMIT = 10_000_000;

/**
 * Time limit of a stop, in milliseconds. The stop may write a checkpoint. Afterwards the server is
 * killed.
 */
const STOP_WITHIN_MS = 30_000;

/** Starts a server without the variables of our environment, which could change its behaviour. */
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

/** The parts of a `Server` that its process gives. `stopSignal` stops it properly. */
export function controls(begun: Begun, stopSignal: NodeJS.Signals) {
  const { id, exited } = begun;
  return {
    id,
    /** Resolves when the process has ended for any reason. */
    exited,
    /** Stops it properly and waits for the end. Does nothing when it has ended already. */
    stop: () => endProcess(id, stopSignal, STOP_WITHIN_MS),
    /** Ends it like a power cut: SIGKILL to it and its children. */
    async kill() {
      // The parent comes first, so that it cannot start or miss a child meanwhile.
      const children = childrenOf(id.pid).flatMap((pid) => processOf(pid) ?? []);
      for (const each of [id, ...children]) signal(each, 'SIGKILL');
      await exited;
    },
  };
}

/** Pause between two checks of a starting server, in milliseconds. */
const LOOK_EVERY_MS = 50;

/**
 * Repeats `look` until it returns a result, such as the server's version. An error or undefined
 * means "not yet". Returns null when the server ended first, or at the deadline, after stopping it.
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
    // If another process has the port, it would be taken for our server. But then ours has ended at
    // once.
    if (found !== undefined && !isOver) return found;
    await delay(LOOK_EVERY_MS);
  }
  await controls(begun, stopSignal).stop();
  return null;
}

/** The number of log lines that are shown for a server that did not start. */
const TOLD_LINES = 8;

/** The last lines of a log, for an error message. */
export function tail(log: string): string {
  try {
    return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-TOLD_LINES).join('\n');
  } catch {
    return '';
  }
}
