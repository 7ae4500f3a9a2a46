/**
 * Starts programs so that whoever is to end them knows of them whatever happens to us meanwhile.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { type ProcessId, processOf } from './process.ts';

/**
 * Opens a file for the process that is about to be started to write down who it is (`notedProcess`
 * reads it); returns the descriptor.
 */
export type OpenNote = () => number;

/** The note's descriptor in the child: the first behind the standard ones. */
const NOTE = 3;

/**
 * A child that we wrote down once it is there would be missing where we are killed in between, and
 * run for ever. So it writes itself down, and only then looks whether we still live, before it
 * becomes the program: who looks for notes after our end has either found this one, or the child
 * has found us gone. Where there is no room for its note it ends. The arguments are our number, the
 * program and what that is to be given.
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
   * Where its output and its errors go: a descriptor, to where ours go, or to streams of the child.
   */
  readonly output: number | 'inherit' | 'pipe';
  /** As whom it runs; default: as we do. */
  readonly user?: { readonly uid: number; readonly gid: number } | null | undefined;
}

export interface Begun {
  readonly child: ChildProcess;
  readonly id: ProcessId;
  readonly exited: Promise<void>;
}

/**
 * Starts a program in a session of its own, which no Ctrl-C of the terminal reaches. With
 * `openNote` it is written down there before it does anything; a program that can't be run then
 * ends with 126 or 127 and says so, where otherwise this throws.
 */
export async function begin(
  command: string,
  args: readonly string[],
  { cwd, env, output, user }: Surroundings,
  openNote?: OpenNote,
): Promise<Begun> {
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
    // The number is ours until we reap it; one that has ended already has no start time any more.
    const id = processOf(child.pid ?? 0) ?? { pid: child.pid ?? 0, startedAt: 'ended' };
    await begun;
    return { child, id, exited };
  } finally {
    if (note !== undefined) closeSync(note);
  }
}
