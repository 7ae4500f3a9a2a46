/** The README's worked session, carried out in a shell. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** The shell blocks of the session, as written. */
function workedSession(): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const session = /<!-- session:[\s\S]*?<!-- \/session -->/.exec(readme)?.[0] ?? '';
  return [...session.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');
}

/**
 * Runs it on a system whose only user is `admin`. Returns the output and the exit status of the
 * shell.
 */
export async function playWorkedSession(
  api: string,
  adminBeak: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', workedSession()], {
    env: { ...process.env, NODE_OPTIONS: '', API: api, ADMIN_BEAK: adminBeak },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const [code] = await once(shell, 'close');
  return { code, output };
}
