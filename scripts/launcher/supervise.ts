/**
 * Keeps one process running. It is restarted when it ends by itself, with a growing pause while
 * that goes on.
 */
import { backOff } from '#mixins/back-off.ts';
import { messageOf } from '#schemas/text.ts';

export interface Living {
  /** Resolves when it has ended for any reason. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export interface Supervision<T extends Living> {
  readonly current: T;
  /** Unwanted ends since the start. */
  readonly failures: number;
  /** Ends it properly and for good. */
  stop(): Promise<void>;
  /** Ends it at once and for good. */
  kill(): Promise<void>;
}

export interface SuperviseOptions<T extends Living> {
  readonly name: string;
  readonly start: () => Promise<T>;
  readonly print: (line: string) => void;
  /** Called with each process after the first. */
  readonly restarted?: (again: T) => void;
  /** Pause before the first restart, in milliseconds. It doubles up to `LONGEST_MS`. */
  readonly firstPause?: number;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_MS = 30_000;

/** After a run of this length, in milliseconds, an end counts as the first again. */
const STEADY_MS = 60_000;

/** Starts it. An error of the first start is rethrown. */
export async function supervise<T extends Living>(options: SuperviseOptions<T>): Promise<Supervision<T>> {
  const { name, start, print, firstPause = FIRST_PAUSE_MS } = options;
  let current = await start();
  let failures = 0;
  let wanted = true;
  let wake: () => void = () => undefined;

  async function keep(): Promise<void> {
    let tries = 1;
    const pauseMs = () => backOff(tries, firstPause, LONGEST_MS);
    let begun = Date.now();
    for (;;) {
      await current.exited;
      if (!wanted) return;
      failures += 1;
      if (Date.now() - begun > STEADY_MS) tries = 1;
      print(`${name} ended unexpectedly; starting it again in ${pauseMs() / 1000} s`);
      for (let alive = false; !alive; ) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pauseMs());
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        if (!wanted) return;
        tries += 1;
        begun = Date.now();
        try {
          current = await start();
          alive = true;
        } catch (error) {
          print(`${name} did not start, trying again in ${pauseMs() / 1000} s: ${messageOf(error)}`);
        }
      }
      if (wanted) options.restarted?.(current);
    }
  }
  const kept = keep();

  async function finish(how: 'stop' | 'kill'): Promise<void> {
    wanted = false;
    wake();
    await current[how]();
    await kept;
    // A restart may have added a process while we were ending.
    await current[how]();
  }
  return {
    get current() {
      return current;
    },
    get failures() {
      return failures;
    },
    stop: () => finish('stop'),
    kill: () => finish('kill'),
  };
}
