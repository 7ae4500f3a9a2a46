/** Runs a script of this folder on the system of a test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config.ts';
import { COMPILE_CACHE } from './compile-cache.mjs';
import { NOWHERE } from './repl/terminal.fixture.ts';

/** `environment` overrides the configuration. */
export async function runScript(
  config: Config,
  script: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ code: number; said: string; errors: string }> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      NATS_URL: config.natsUrls.join(','),
      NAMESPACE: config.namespace,
      DATA_DIR: NOWHERE,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code: code as number, said, errors };
}
