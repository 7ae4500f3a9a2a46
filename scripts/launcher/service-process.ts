/** The process that runs services with Moleculer's runner, on this very Node. */
import { existsSync, readdirSync } from 'node:fs';
import { ENDING } from './children.ts';
import { COMPILE_CACHE } from './compile-cache.ts';
import { LaunchError } from './launch-error.ts';
import { endProcess, type ProcessId, signal } from './process.ts';
import { begin, type OpenNote } from './spawn.ts';
import type { Living } from './supervise.ts';

/** The folders of `services/` that hold a service, in alphabetical order. */
export function serviceFolders(root: string): string[] {
  if (!existsSync(`${root}/services`)) return [];
  return readdirSync(`${root}/services`)
    .filter((name) => existsSync(serviceFile(root, name)))
    .sort();
}

function serviceFile(root: string, name: string): string {
  return `${root}/services/${name}/${name}.service.ts`;
}

/** The arguments for Node that run these services; throws `LaunchError` for a name without a folder. */
export function runnerArguments(root: string, names: readonly string[]): string[] {
  const found = serviceFolders(root);
  const unknown = names.filter((name) => !found.includes(name));
  if (unknown.length > 0 || names.length === 0) {
    throw new LaunchError(
      `${unknown.length > 0 ? `There is no service ${unknown.join(', ')}.` : 'Which services?'} ` +
        `There are: ${found.join(', ')}.`,
    );
  }
  return [
    '--disable-warning=ExperimentalWarning',
    `${root}/scripts/run-services.ts`,
    ...names.map((name) => serviceFile(root, name)),
  ];
}

export interface ServiceProcess extends Living {
  readonly id: ProcessId;
  /** Exit code or signal, once it has ended. */
  readonly ending: string | null;
}

export interface ServiceProcessOptions {
  readonly root: string;
  /** Arguments for Node. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly openNote?: OpenNote;
}

/** Starts it. Its output goes to our terminal; no Ctrl-C of the terminal reaches it. */
export async function startServices(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const { child, id, exited } = await begin(
    process.execPath,
    options.args,
    {
      cwd: options.root,
      env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...options.environment },
      output: 'inherit',
    },
    options.openNote,
  );
  return {
    id,
    exited,
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
