/** Runs one part of `npm test` within what is left of the budget of the whole run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How long a part that was asked to end may take before it is killed, in milliseconds. */
const ENDS_WITHIN_MS = 10_000;

export interface Part {
  readonly name: string;
  /** A program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface PartOptions {
  readonly cwd: string;
  /** Milliseconds that the part may take; at most `ENDS_WITHIN_MS` more until it is killed. */
  readonly withinMs: number;
  /** Default `ENDS_WITHIN_MS`; shorter for tests. */
  readonly endsWithinMs?: number;
  readonly onStart?: (child: ChildProcess) => void;
  readonly print?: (line: string) => void;
}

/** Whether the part ended well within its time. Prints its name, outcome and duration. Throws if it can't be started. */
export async function runPart(
  { name, command: [file, ...parameters], environment }: Part,
  { cwd, withinMs, endsWithinMs = ENDS_WITHIN_MS, onStart, print = console.log }: PartOptions,
): Promise<boolean> {
  const startedAt = Date.now();
  const child = spawn(file, parameters, { cwd, stdio: 'inherit', env: { ...process.env, ...environment } });
  onStart?.(child);
  const exited = once(child, 'exit');
  let late = false;
  let killing: NodeJS.Timeout | undefined;
  const ending = setTimeout(
    () => {
      late = true;
      child.kill('SIGTERM');
      killing = setTimeout(() => child.kill('SIGKILL'), endsWithinMs);
    },
    Math.max(0, withinMs),
  );
  const [code] = await exited;
  clearTimeout(ending);
  clearTimeout(killing);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  const outcome = late ? 'ended, because the budget is used up' : code === 0 ? 'ok' : 'failed';
  print(`${name}: ${outcome} (${seconds} s)`);
  return code === 0 && !late;
}
