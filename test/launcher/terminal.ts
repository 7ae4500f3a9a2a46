/** A launcher as its own process, with its output and its end. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from '../../scripts/compile-cache.mjs';
import { Children } from '../../scripts/launcher/children.ts';
import { begin } from '../../scripts/launcher/spawn.ts';
import { freePort } from '../harness/system.ts';
import { until } from '../harness/wait.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The launcher with a stub for the services, for tests of the launcher itself. */
const STAND_IN = 'test/launcher/up.ts';

export interface LauncherOptions {
  readonly dataDir: string;
  readonly port?: number;
  readonly script?: string;
  readonly arguments?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** Another user to run as. Only root may set it. */
  readonly uid?: number;
  /** The clone in which it runs, instead of this one. */
  readonly root?: string;
  /** Runs `npm start` instead of the script. */
  readonly npm?: boolean;
}

export class Launcher {
  readonly process: ChildProcess;
  readonly port: number;
  output = '';
  /** The part of the output on stdout. */
  stdout = '';

  readonly #ownGroup: boolean;

  private constructor(process: ChildProcess, port: number, ownGroup: boolean) {
    this.process = process;
    this.port = port;
    this.#ownGroup = ownGroup;
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
        if (stream === process.stdout) this.stdout += chunk.toString();
      });
    }
  }

  static async start(options: LauncherOptions): Promise<Launcher> {
    const port = options.port ?? (await freePort());
    const { root = ROOT, script = `${root}${STAND_IN}` } = options;
    const npm = options.npm === true;
    const args = options.arguments ?? [];
    const env = {
      PATH: process.env.PATH,
      HOME: tmpdir(),
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      PORT: String(port),
      DATA_DIR: options.dataDir,
      CHECK_ANSWERS: 'on',
      ...options.environment,
    };
    const user = options.uid === undefined ? null : { uid: options.uid, gid: options.uid };
    if (npm) {
      // In a group of its own, for its Ctrl-C. So it is noted for the run's guardian, in case that
      // the run is killed.
      const noted = new Children(process.env.TEST_RUN_FOLDER ?? '').notes('services');
      const { child } = await begin(
        'npm',
        ['start', ...args],
        { cwd: root, env, output: 'pipe', user },
        noted,
      );
      return new Launcher(child, port, true);
    }
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...user,
    });
    return new Launcher(child, port, false);
  }

  /** Starts one and waits until it says that it is ready. */
  static async ready(options: LauncherOptions): Promise<Launcher> {
    const launcher = await Launcher.start(options);
    await until(async () => launcher.readyLine !== undefined || launcher.process.exitCode !== null, {
      within: 60_000,
      what: 'the launcher to be ready',
    });
    if (launcher.readyLine === undefined) throw new Error(`The launcher ended:\n${launcher.output}`);
    return launcher;
  }

  get readyLine(): string | undefined {
    return /^ready {2}.*$/m.exec(this.output)?.[0];
  }

  get isRunning(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** What the stand-in tells of itself and its environment. */
  async services(): Promise<Record<string, string> & { pid: number }> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/`);
    return (await answer.json()) as Record<string, string> & { pid: number };
  }

  async exit(): Promise<number | null> {
    if (this.isRunning) await once(this.process, 'exit');
    return this.process.exitCode;
  }

  /** Ctrl-C: a terminal sends it to all that run in it. */
  async interrupt(): Promise<number | null> {
    if (this.#ownGroup && this.process.pid !== undefined) process.kill(-this.process.pid, 'SIGINT');
    else this.process.kill('SIGINT');
    return await this.exit();
  }
}

/** Whether this user can run this clone: one in /root is for root alone. */
export function mayRun(uid: number): boolean {
  return spawnSync(process.execPath, ['--check', `${ROOT}config.ts`], { uid, gid: uid }).status === 0;
}

/**
 * Processes that have this folder in their command line or stand in it: what a launcher may leave
 * behind.
 */
export function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const standsIn = `${readlinkSync(`/proc/${pid}/cwd`)}/`;
        return (
          environment.includes(`DATA_DIR=${folder}\0`) ||
          commandLine.includes(folder) ||
          standsIn.startsWith(`${folder}/`)
        );
      } catch {
        return false;
      }
    });
}

/**
 * Ends them all as a power cut does: none sees another's end, least of all the guardian, and none
 * does anything more. How many there were.
 */
export function cutPower(folder: string): number {
  const stopped = new Set<number>();
  for (let found = processesOf(folder); found.length > 0; ) {
    for (const pid of found) {
      signal(pid, 'SIGSTOP');
      stopped.add(pid);
    }
    // One that was begun meanwhile.
    found = processesOf(folder).filter((pid) => !stopped.has(pid));
  }
  for (const pid of stopped) signal(pid, 'SIGKILL');
  return stopped.size;
}

/** It may have ended by itself. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A data folder of its own, removed with everything that still runs on it. */
export function dataFolder(): { readonly path: string; remove(): void } {
  const parent = mkdtempSync(`${tmpdir()}/launcher-test-`);
  const path = `${parent}/data`;
  return {
    path,
    remove() {
      cutPower(path);
      rmSync(parent, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
