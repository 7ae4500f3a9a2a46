/** Programs that a bench runs beside itself. All of them end with the bench. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const running = new Set<ChildProcess>();

export interface Program {
  readonly child: ChildProcess;
  /** The whole output, when it has ended. Throws if it failed. */
  readonly output: Promise<string>;
}

/** Starts a program. Its errors appear among ours unless `quiet`. */
export function startProgram(
  command: string,
  args: readonly string[],
  { env = process.env, quiet = false }: { env?: NodeJS.ProcessEnv; quiet?: boolean } = {},
): Program {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', quiet ? 'ignore' : 'inherit'] });
  running.add(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const output = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    if (code === 0) return text;
    throw new Error(`${command} ${args[0] ?? ''} ended with ${code ?? signal}: ${text}`);
  });
  // A caller may stop the program without a look at its output.
  output.catch(() => undefined);
  return { child, output };
}

/** Ends all programs that still run. */
export function endPrograms(): void {
  for (const child of running) child.kill('SIGKILL');
}
