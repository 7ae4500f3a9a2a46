/** Calls a pass again and again while there is something to do, and waits to be woken while there is not. */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../schemas/text.ts';
import { backOff } from '../back-off.ts';
import { runOutOfScope } from '../call-scope.ts';
import type { Outage } from '../outage.ts';
import { type Pass, Progress } from './progress.ts';

export interface LoopOptions {
  /** Without the service, such as `invoices`. */
  readonly name: string;
  /** One bounded pass. */
  readonly runOnce: () => Promise<Pass>;
  /** Logs when passes begin to fail, and when one succeeds again. Without it neither is logged. */
  readonly outage?: Outage;
  /** Milliseconds after which it looks by itself: for what a node left undone that is no more. Default 1,000. */
  readonly pollMs?: number;
  /**
   * Least time from the beginning of a pass to that of the next, in milliseconds, unless more work
   * follows at once: many wakes share a pass. Default 0.
   */
  readonly passEveryMs?: number;
  /** Longest that a pass takes which gets on, in milliseconds, where that is more than a minute. */
  readonly longestPassMs?: number;
}

const DEFAULT_POLL_MS = 1_000;
/** First and longest pause after a failure, in milliseconds. */
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5_000;

/** `start`, `wake`, and `stop`, which waits for the pass at work. A pass that throws is repeated after a pause. */
export class Loop {
  readonly name: string;
  readonly progress: Progress;
  readonly #options: LoopOptions;
  #running: Promise<void> | undefined;
  #stopping = false;
  /** Set while the loop is at work, so that a wake at that moment is not lost. */
  #woken = false;
  #interrupt: (() => void) | undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.name = options.name;
    this.progress = new Progress(options.longestPassMs);
  }

  start(): void {
    // A call that starts it ends, and its deadline passes; the loop goes on.
    this.#running ??= runOutOfScope(() => this.#run());
  }

  /** There is something to do. Never throws, never waits. */
  wake(): void {
    this.#woken = true;
    this.#interrupt?.();
  }

  /** Ends after the pass that is under way; nothing begins after that. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#interrupt?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopping) {
      this.#woken = false;
      const begun = performance.now();
      try {
        this.progress.begins(begun);
        const pass = await this.#options.runOnce();
        this.progress.ended(pass, performance.now());
        failures = 0;
        this.#options.outage?.over();
        if (typeof pass === 'object' ? pass.more : pass) continue;
        if (!this.#woken) await this.#wait(this.#options.pollMs ?? DEFAULT_POLL_MS);
        const earlyMs = begun + (this.#options.passEveryMs ?? 0) - performance.now();
        if (earlyMs > 0 && !this.#stopping) await delay(earlyMs);
      } catch (error) {
        this.progress.failed(messageOf(error), performance.now());
        this.#options.outage?.failed(error);
        failures += 1;
        await this.#wait(backOff(failures, FIRST_PAUSE_MS, MAX_PAUSE_MS));
      }
    }
  }

  async #wait(ms: number): Promise<void> {
    if (this.#stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#interrupt = undefined;
  }
}
