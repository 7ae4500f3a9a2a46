/** The README's worked session, played in a shell as its reader would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** The shell blocks of the session, as written. */
function workedSession(): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const session = /<!-- session:[\s\S]*?<!-- \/session -->/.exec(readme)?.[0] ?? '';
  return [...session.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');
}

/** Plays it on a system with nobody but the first admin, `admin`; what was printed, and how the shell ended. */
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
