/** Starts programs that can be found and ended even if this process is killed meanwhile. */
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { processOf } from './process.ts';

/**
 * Opens a file in which the started process notes its identity (`notedProcess` reads it). Returns
 * the descriptor.
 */
export type OpenNote = () => number;

/** The note's descriptor in the child: the first after the standard ones. */
const NOTE = 3;

/**
 * If this process noted the child and were killed just before, the child would run for ever. So the
 * child notes itself first. Then it checks that we are alive, and only then becomes the program. A
 * search for notes after our end finds the child, or the child finds that we are gone. It ends
 * where its note can't be written. The arguments are our number, the program and its arguments.
 */
const SELF_NOTING = `
if read -r stat 2> /dev/null < /proc/$$/stat; then
  read -r boot < /proc/sys/kernel/random/boot_id
  echo "$boot $stat" >&${NOTE} || exit 1
  read -r stat < /proc/$$/stat
  fields=\${stat##*) }
  fields=\${fields#* }
  parent=\${fields%% *}
else
  ps -o pid=,lstart= -p $$ >&${NOTE} || exit 1
  parent=$(ps -o ppid= -p $$)
fi
[ $((parent)) -eq "$1" ] || exit 0
shift
exec "$@" ${NOTE}>&-`;

export interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /**
   * The target of its output and errors: a descriptor, that of this process, or streams of the
   * child.
   */
  readonly output: number | 'inherit' | 'pipe';
  /** The user that runs it. Default: that of this process. */
  readonly user?: { readonly uid: number; readonly gid: number } | null | undefined;
}

export type Begun = Awaited<ReturnType<typeof begin>>;

/**
 * Starts a program in a session of its own, so that a Ctrl-C of the terminal does not reach it.
 * With `openNote`, its identity is noted before it does anything. A program that can't run then
 * prints the reason and ends with 126 or 127. Without `openNote`, this throws instead.
 */
export async function begin(
  command: string,
  args: readonly string[],
  { cwd, env, output, user }: Surroundings,
  openNote?: OpenNote,
) {
  const note = openNote?.();
  try {
    const options = { cwd, env, detached: true, ...user };
    const child =
      note === undefined
        ? spawn(command, args, { ...options, stdio: ['ignore', output, output] })
        : spawn('/bin/sh', ['-c', SELF_NOTING, 'sh', String(process.pid), command, ...args], {
            ...options,
            stdio: ['ignore', output, output, note],
          });
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const begun = new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    // The number stays reserved until we reap the process. A process that has ended has no start
    // time any more.
    const id = processOf(child.pid ?? 0) ?? { pid: child.pid ?? 0, startedAt: 'ended' };
    await begun;
    return { child, id, exited };
  } finally {
    if (note !== undefined) closeSync(note);
  }
}
