/**
 * The system in separate processes, which are started as by the launcher and can be killed like a
 * machine.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../config.ts';
import { tryPort } from '../../scripts/launcher/ports.ts';
import { processOf } from '../../scripts/launcher/process.ts';
import { freeze } from './freeze.ts';
import { SERVICE_VARIABLES } from './variables.ts';
import { until } from './wait.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A start compiles sources and migrates databases on a busy machine. */
const START_DEADLINE_MS = 60_000;

/**
 * Ports below the system's range for arbitrary ports (on Linux it begins at 32768). Another process
 * could get a port of that range before the service listens on it.
 */
const OURS = [10_000, 30_000] as const;

/** Every service of the product that runs by default. */
export function serviceNames(): string[] {
  return [...readConfig({}).product.services.keys()];
}

/** A port for a process that is started later. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...OURS);
    if ('port' in (await tryPort('127.0.0.1', port))) return port;
  }
}

/** One process with some services. */
export class NodeProcess {
  readonly services: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  readonly #sources: string;
  #child: ChildProcess | undefined;
  #output = '';

  /** `sources`: the folder of the sources, with a slash at its end. Default: these ones. */
  constructor(services: readonly string[], environment: NodeJS.ProcessEnv, sources = ROOT) {
    this.services = services;
    this.#environment = environment;
    this.#sources = sources;
  }

  /** Its output and errors so far, of all its starts. */
  get output(): string {
    return this.#output;
  }

  start(): void {
    const files = this.services.map((name) => `services/${name}/${name}.service.ts`);
    const child = spawn(process.execPath, [`${this.#sources}scripts/run-services.ts`, ...files], {
      cwd: this.#sources,
      env: { ...process.env, NODE_OPTIONS: '', ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const collect = (chunk: Buffer) => {
      this.#output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    this.#child = child;
  }

  /** Ends it at once, like a power cut. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops it, and waits for its end. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Freezes it, like a swapping machine or a debugger. */
  async pause(): Promise<void> {
    const id = this.#child?.pid === undefined ? null : processOf(this.#child.pid);
    if (id !== null) await freeze(id);
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    // A frozen process handles only SIGKILL.
    child.kill('SIGCONT');
    child.kill(signal);
    await exited;
  }
}

export interface SystemOptions {
  /** The services of each process; by default all in one. */
  readonly processes?: readonly (readonly string[])[];
  readonly natsUrl: string;
  readonly databaseUrl: string;
  readonly namespace: string;
  /** The folder of another release, with a slash at its end. Default: these sources. */
  readonly sources?: string;
  /** More variables for every process. */
  readonly environment?: NodeJS.ProcessEnv;
}

export interface System extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40001/api/v1`. */
  readonly api: string;
  /** The URL of `/readyz`. */
  readonly root: string;
  readonly nodes: readonly NodeProcess[];
  /** The node that runs a service (the first, if several do). */
  node(service: string): NodeProcess;
  /** Adds a node with these services. */
  add(services: readonly string[]): NodeProcess;
  ready(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the processes and waits until the system is ready. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const port = await freePort();
  const root = `http://127.0.0.1:${port}`;
  const environment = {
    NATS_URL: options.natsUrl,
    DATABASE_URL: options.databaseUrl,
    NAMESPACE: options.namespace,
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'warn',
    ...SERVICE_VARIABLES,
    ...options.environment,
  };
  const nodes = (options.processes ?? [serviceNames()]).map(
    (services) => new NodeProcess(services, environment, options.sources),
  );
  for (const node of nodes) node.start();
  const system: System = {
    api: `${root}/api/v1`,
    root,
    nodes,
    node(service) {
      const node = nodes.find(({ services }) => services.includes(service));
      if (node === undefined) throw new Error(`no node runs ${service}`);
      return node;
    },
    add(services) {
      const node = new NodeProcess(services, environment, options.sources);
      nodes.push(node);
      node.start();
      return node;
    },
    async ready() {
      await until(async () => (await fetch(`${root}/readyz`).catch(() => null))?.ok, {
        within: START_DEADLINE_MS,
        every: 100,
        what: 'the system to be ready',
      });
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
    async [Symbol.asyncDispose]() {
      await system.stop();
    },
  };
  try {
    await system.ready();
  } catch (error) {
    const output = nodes.map((node) => `--- ${node.services.join(' ')}\n${node.output}`).join('\n');
    await Promise.all(nodes.map((node) => node.kill()));
    throw new Error(`The system did not start:\n${output}`, { cause: error });
  }
  return system;
}
