/**
 * Runs a launcher in a terminal: starts the system, waits for a request to end, and ends
 * everything.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { explain } from './explain.ts';
import { commandLineOf, isRunning, type ProcessId, parentOf, processOf } from './process.ts';
import { Scope, ScopeEnded } from './scope.ts';
import { type ReadySystem, type SystemOptions, startSystem } from './system.ts';

/**
 * npm forwards a Ctrl-C that the terminal also sent to us. A second signal within this many
 * milliseconds is the same one.
 */
const SAME_CTRL_C_MS = 500;

/** How often we check that npm, our parent, still runs, in milliseconds. */
const LOOK_FOR_NPM_MS = 500;

/** How long an interrupted start may take to end, in milliseconds. The guardian ends the rest. */
const START_ENDS_WITHIN_MS = 5000;

/** Runs until it is asked to end or can't start. Returns the exit code. */
export async function runSystem(options: () => SystemOptions): Promise<number> {
  const scope = new Scope();
  const asked = endings();
  // The reader of our output may have ended (`npm start | head`). Servers must be ended properly
  // all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  let failed = false;
  const starting = (async () => {
    const given = options();
    const system = await startSystem(given, scope);
    given.print(readyLine(system));
    for (const launch of system.launches) launch.announced();
  })().catch((error: unknown) => {
    if (error instanceof ScopeEnded) return;
    failed = true;
    console.error(explain(error));
  });
  await Promise.race([asked.first, starting.then(() => (failed ? undefined : asked.first))]);
  const stopped = scope
    .end('stop')
    .then(() => Promise.race([starting, delay(START_ENDS_WITHIN_MS, undefined, { ref: false })]));
  await Promise.race([stopped, asked.second.then(() => scope.end('kill'))]);
  return failed ? 1 : 0;
}

/** The addresses that the operator needs. */
function readyLine({ address, announcements, inbox }: ReadySystem): string {
  const mails = inbox === null ? [] : [`mails: ${inbox}`];
  return ['ready', address, ...announcements, ...mails].join('  ');
}

/** The first and the second request to end. */
export function endings(): { first: Promise<void>; second: Promise<void> } {
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let firstAt = 0;
  const ask = () => {
    if (firstAt === 0) {
      firstAt = Date.now();
      first.resolve();
    } else if (Date.now() - firstAt > SAME_CTRL_C_MS) {
      second.resolve();
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, ask);
  const starters = process.env.npm_lifecycle_event === undefined ? [] : npmAndItsShell();
  // The timer also keeps this process alive while it only waits.
  setInterval(() => {
    if (firstAt === 0 && !starters.every(isRunning)) ask();
  }, LOOK_FOR_NPM_MS);
  return { first: first.promise, second: second.promise };
}

/** npm, and the shell between npm and us where it did not replace itself by us. */
function npmAndItsShell(): ProcessId[] {
  const isNpm = (pid: number) => /\bnpm\b/.test(commandLineOf(pid));
  const above = isNpm(process.ppid) ? null : parentOf(process.ppid);
  const pids = above !== null && isNpm(above) ? [process.ppid, above] : [process.ppid];
  return pids.flatMap((pid) => processOf(pid) ?? []);
}
