/** Starts the guardian (scripts/guardian.ts) of this process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from '../compile-cache.mjs';

const GUARDIAN = fileURLToPath(new URL('../guardian.ts', import.meta.url));

export interface Guard {
  /** Call it when everything has ended. The guardian then finds nothing to do and ends. */
  dismiss(): Promise<void>;
}

/** From here on, processes noted below `dataDir` end when this process ends for any reason. */
export async function startGuardian(dataDir: string, { remove = false } = {}): Promise<Guard> {
  const child = spawn(
    process.execPath,
    [GUARDIAN, dataDir, String(process.pid), ...(remove ? ['remove'] : [])],
    {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILE_CACHE },
    },
  );
  await once(child, 'spawn');
  child.unref();
  child.stdin.on('error', () => undefined);
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return {
    async dismiss() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.ref();
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}
