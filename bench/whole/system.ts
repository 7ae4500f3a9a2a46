/**
 * The system as `npm start` runs it: a launcher of its own, on a temporary data folder and a free
 * port, with limits that no bench reaches.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Config, readConfig } from '../../config.ts';
import { PROJECT } from '../../product.ts';
import { findAddresses } from '../../scripts/launcher/addresses.ts';
import { holders } from '../../scripts/launcher/data-folder.ts';
import { findNatsForTests } from '../../test/harness/servers.ts';
import { freePort } from '../../test/harness/system.ts';
import { until } from '../../test/harness/wait.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMPILE_CACHE = `${ROOT}scripts/compile-cache.mjs`;
const FOLDER = `${PROJECT}-whole-`;
/** A younger folder may belong to a system that has not locked it yet, in milliseconds. */
const YOUNG_MS = 60_000;
const READY_WITHIN_MS = 120_000;
/** The whole folder is deleted afterwards, so a slow end may be cut short. */
const STOPS_WITHIN_MS = 60_000;
/** A business day must not end during a run. */
const HALF_A_DAY_MS = 12 * 3_600_000;

export const ADMIN = { login: 'root', beak: 'hooked-and-red-9' };

const LIMITS = {
  RATE_LIMIT: '1000000',
  SIGN_IN_LIMIT_ACCOUNT: '1000000',
  SIGN_IN_LIMIT_ADDRESS: '1000000',
  SIGN_IN_BUDGET_ACCOUNT: '1000000',
  SIGN_IN_BUDGET_ADDRESS: '1000000',
  TASK_QUOTA: '10000000',
};

export interface System {
  /** Such as `http://127.0.0.1:12345/api/v1`. */
  readonly api: string;
  readonly natsUrl: string;
  readonly databaseUrl: string;
  /** The configuration of its services, as far as addresses and names go. */
  readonly config: Config;
  /** The number of the launcher's process; all others are its descendants. */
  readonly launcher: number;
}

export interface Launched {
  /** Throws with the launcher's output if the system does not start. */
  ready(): Promise<System>;
  /** Stops everything and deletes the data. Can be called at any time. */
  stop(): Promise<void>;
}

export async function launchSystem(): Promise<Launched> {
  clearLeftovers();
  const dataDir = mkdtempSync(`${tmpdir()}/${FOLDER}`);
  // PostgreSQL runs as another user where we are root.
  chmodSync(dataDir, 0o755);
  const child = spawn(process.execPath, ['--import', COMPILE_CACHE, `${ROOT}scripts/up.ts`], {
    cwd: ROOT,
    // In a session of its own: a Ctrl-C reaches only us, and we stop it in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: await environmentOf(dataDir),
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const exited = once(child, 'exit');
  const running = () => child.exitCode === null && child.signalCode === null;
  return {
    async ready() {
      const isReady = () => /^ready /m.test(output) || !running();
      await until(isReady, { within: READY_WITHIN_MS, every: 100, what: 'the system to be ready' });
      const found = findAddresses(dataDir);
      if (found === null || child.pid === undefined) throw new Error(`The system did not start:\n${output}`);
      const { address, natsUrl, databaseUrl } = found;
      const config = readConfig({ NATS_URL: natsUrl, DATABASE_URL: databaseUrl });
      return { api: `${address}/api/v1`, natsUrl, databaseUrl, config, launcher: child.pid };
    },
    async stop() {
      const killing = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
      if (running() && child.kill('SIGINT')) await exited;
      clearTimeout(killing);
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Removes the data of runs that were killed. Their launchers have ended by themselves. */
function clearLeftovers(): void {
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(FOLDER))) {
    const folder = `${tmpdir()}/${name}`;
    const isYoung = Date.now() - statSync(folder).mtimeMs < YOUNG_MS;
    const runs = existsSync(`${folder}/run`) && holders(`${folder}/run`).length > 0;
    if (!isYoung && !runs) rmSync(folder, { recursive: true, force: true });
  }
}

async function environmentOf(dataDir: string): Promise<NodeJS.ProcessEnv> {
  const later = new Date(Date.now() + HALF_A_DAY_MS);
  return {
    ...process.env,
    ...LIMITS,
    NATS_SERVER_BIN: await findNatsForTests(),
    DATA_DIR: dataDir,
    PORT: String(await freePort()),
    HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    ADMIN_LOGIN: ADMIN.login,
    ADMIN_BEAK: ADMIN.beak,
    BUSINESS_TIME_ZONE: 'UTC',
    DAY_CLOSE_AT: `${String(later.getUTCHours()).padStart(2, '0')}:00`,
    // The launcher then ends when its parent, this process, ends.
    npm_lifecycle_event: 'start',
  };
}
