/** The process that runs services with Moleculer's runner, on the same Node as this process. */
import { fileURLToPath } from 'node:url';
import type { Product } from '../../product.ts';
import { COMPILE_CACHE } from '../compile-cache.mjs';
import { ENDING } from './children.ts';
import { LaunchError } from './launch-error.ts';
import { endProcess, signal } from './process.ts';
import { begin, type OpenNote } from './spawn.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Flags of Node, which containers have too. Old objects may double before they are collected. Where
 * the machine has much memory, V8 lets them grow to four times their size: 500 MB resident instead
 * of 410, at the same processor time (measured). That does not limit the heap. A flag that is set
 * later, by the process itself, would make all processes discard each other's compile cache.
 */
export const NODE_FLAGS = ['--disable-warning=ExperimentalWarning', '--heap-growing-percent=100'];

/** The arguments for Node that run these services. Throws `LaunchError` for unknown ones. */
export function runnerArguments({ services }: Product, names: readonly string[]): string[] {
  const unknown = names.filter((name) => !services.has(name));
  if (unknown.length > 0 || names.length === 0) {
    throw new LaunchError(
      `${unknown.length > 0 ? `There is no service ${unknown.join(', ')}.` : 'Which services?'} ` +
        `There are: ${[...services.keys()].join(', ')}.`,
    );
  }
  return [
    ...NODE_FLAGS,
    `${REPOSITORY}scripts/run-services.ts`,
    ...names.map((name) => fileURLToPath(new URL(`${name}.service.ts`, services.get(name)))),
  ];
}

export type ServiceProcess = Awaited<ReturnType<typeof startServices>>;

export interface ServiceProcessOptions {
  /** Arguments for Node. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly openNote?: OpenNote;
}

/** Starts it. Its output goes to our terminal. A Ctrl-C of the terminal does not reach it. */
export async function startServices(options: ServiceProcessOptions) {
  const { child, id, exited } = await begin(
    process.execPath,
    options.args,
    {
      cwd: REPOSITORY,
      env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...options.environment },
      output: 'inherit',
    },
    options.openNote,
  );
  return {
    id,
    exited,
    /** Exit code or signal, once it has ended. */
    get ending() {
      const { exitCode, signalCode } = child;
      return signalCode ?? (exitCode === null ? null : `code ${exitCode}`);
    },
    stop: () => endProcess(id, ENDING.services.signal, ENDING.services.within),
    async kill() {
      signal(id, 'SIGKILL');
      await exited;
    },
  };
}
