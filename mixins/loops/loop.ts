/** Repeats a pass while there is work. Otherwise it waits until it is woken. */
import { setTimeout as delay } from 'node:timers/promises';
import { backOff } from '#mixins/back-off.ts';
import { runOutOfScope } from '#mixins/call-scope.ts';
import type { Outage } from '#mixins/outage.ts';
import { messageOf } from '#schemas/text.ts';
import { type Pass, Progress } from './progress.ts';
import type { Wakeups } from './signal.ts';

export interface LoopOptions {
  /** The name without the service, such as `invoices`. */
  readonly name: string;
  /** One bounded pass. */
  readonly runOnce: () => Promise<Pass>;
  /** Logs when passes begin to fail, and when one succeeds again. Without it neither is logged. */
  readonly outage?: Outage;
  /** The signals that wake it between its polls. Default: only `wake` does. */
  readonly wokenBy?: readonly Wakeups[];
  /**
   * Longest wait without a wake, in milliseconds: another node may have died and left work. Default
   * 1,000, and up to 5,000 while pass after pass finds nothing.
   */
  readonly pollMs?: number;
  /**
   * Shortest time between the beginnings of two passes, in milliseconds, so that many wakes share a
   * pass. It does not apply when more work follows at once. Default 0.
   */
  readonly passEveryMs?: number;
  /**
   * Longest pass that still counts as progress, in milliseconds, where that is more than a minute.
   */
  readonly longestPassMs?: number;
}

const FIRST_POLL_MS = 1_000;
const MAX_POLL_MS = 5_000;
/** First and longest pause after a failure, in milliseconds. */
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5_000;

/** A pass that throws is repeated after a pause. */
export class Loop {
  readonly name: string;
  readonly progress: Progress;
  readonly #options: LoopOptions;
  #running: Promise<void> | undefined;
  #stopping = false;
  /** Whether it was woken since the last pass began. */
  #woken = false;
  #interrupt: (() => void) | undefined;
  #unlisten: readonly (() => void)[] = [];

  constructor(options: LoopOptions) {
    this.#options = options;
    this.name = options.name;
    this.progress = new Progress(options.longestPassMs);
  }

  start(): void {
    if (this.#running !== undefined) return;
    this.#unlisten = (this.#options.wokenBy ?? []).map((wakeups) => wakeups.listen(() => this.wake()));
    // The deadline of a call that starts it must not end the loop.
    this.#running = runOutOfScope(() => this.#run());
  }

  /** Call it when there may be work. Never throws, never waits. */
  wake(): void {
    this.#woken = true;
    this.#interrupt?.();
  }

  /** Waits for the current pass. No pass begins after that. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const unlisten of this.#unlisten) unlisten();
    this.#interrupt?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    let failures = 0;
    /** Polls in a row that found nothing. */
    let idlePolls = 0;
    while (!this.#stopping) {
      this.#woken = false;
      const begun = performance.now();
      try {
        this.progress.begins(begun);
        const pass = await this.#options.runOnce();
        this.progress.ended(pass, performance.now());
        failures = 0;
        this.#options.outage?.over();
        if (this.#woken || pass !== false) idlePolls = 0;
        if (pass === true || (typeof pass === 'object' && 'more' in pass && pass.more)) continue;
        if (!this.#woken) {
          idlePolls += 1;
          const pollMs = this.#options.pollMs ?? backOff(idlePolls, FIRST_POLL_MS, MAX_POLL_MS);
          await this.#wait(typeof pass === 'object' && 'againMs' in pass ? pass.againMs : pollMs);
        }
        if (this.#woken) idlePolls = 0;
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
