/** The loops of a service on one node: their state, and log lines for those that are stalled. */
import type { Log } from '#mixins/log.ts';
import { Outage } from '#mixins/outage.ts';
import { Turns } from '#mixins/turns.ts';
import { Isolation } from './isolation.ts';
import type { ItemWork, SettledWork } from './item-work.ts';
import { Loop, type LoopOptions } from './loop.ts';
import { type Progress, STALLED_AFTER_MS } from './progress.ts';

const LOOPS_SETTINGS = {
  stalledAfterMs: STALLED_AFTER_MS,
  /** How often the loops are checked for the log, in milliseconds. */
  lookEveryMs: 5_000,
  /** A loop that stays stalled is logged again after this many milliseconds. */
  remindEveryMs: 600_000,
};

type LoopsSettings = Readonly<Record<keyof typeof LOOPS_SETTINGS, number>>;

/** The watched part of a loop. */
export interface WatchedLoop {
  /** The name without the service, such as `invoices`. */
  readonly name: string;
  readonly progress: Progress;
  /** Whether it works for the other loops of its service, such as the relay. Default false. */
  readonly stopsLast?: boolean;
  stop?(): Promise<void>;
}

/** A loop on this node, as operators see it. */
export type LoopStats = ReturnType<Loops['stats']>[number];

export interface LoopsOptions {
  readonly service: string;
  readonly log: Log;
  /** Bounds that differ from the defaults, such as shorter ones for tests. */
  readonly settings?: Partial<LoopsSettings> | undefined;
}

export class Loops {
  readonly #options: LoopsOptions;
  readonly #settings: LoopsSettings;
  readonly #loops: WatchedLoop[] = [];
  readonly #works = new Map<string, SettledWork>();
  /**
   * Lone attempts of one service take turns. Each service has its own mutex, because an attempt may
   * wait for a lock in its database. With a shared one, a day was closed 11 s late (measured).
   */
  readonly #mutex = new Turns(1);
  /** Loops that are stalled, and when that was logged last. */
  readonly #logged = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LoopsOptions) {
    this.#options = options;
    this.#settings = { ...LOOPS_SETTINGS, ...options.settings };
  }

  /**
   * Makes a loop and watches it. The caller starts and stops it. The log says `failing` when passes
   * begin to fail, and when one succeeds again.
   */
  make({ failing, ...options }: Omit<LoopOptions, 'outage'> & { readonly failing: string }): Loop {
    return this.add(new Loop({ ...options, outage: new Outage(failing, this.#options.log) }));
  }

  /** Watches a loop from now on, until `stop`. Returns it. */
  add<Watched extends WatchedLoop>(loop: Watched): Watched {
    this.#loops.push(loop);
    this.#timer ??= setInterval(() => this.look(), this.#settings.lookEveryMs).unref();
    return loop;
  }

  /** Makes the isolation of a loop's items. Redriving and discarding find the work by its name. */
  isolate<Result>(work: ItemWork<Result>): Isolation<Result> {
    this.register(work);
    return new Isolation(work, this.#options.log, this.#mutex);
  }

  /** For work that dead-letters its items itself. */
  register(work: SettledWork): void {
    this.#works.set(work.name, work);
  }

  /** The work that dead-lettered an item. Undefined where this service has no such loop. */
  work(name: string): SettledWork | undefined {
    return this.#works.get(name);
  }

  stats(now = performance.now()) {
    return this.#loops.map(({ name, progress }) => {
      const state = progress.state(now, this.#settings.stalledAfterMs);
      const still = 'reason' in state ? state : undefined;
      return {
        /** `<service>-<loop>`, as in its dead letters. */
        loop: `${this.#options.service}-${name}`,
        state: state.is,
        /** Why it makes no progress; null while it does. */
        reason: still?.reason ?? null,
        /** Since when it makes no progress, ISO 8601. Null while it does. */
        since: still === undefined ? null : new Date(Date.now() - still.ms).toISOString(),
      };
    });
  }

  /** For the metrics: how each loop stands, in numbers. */
  figures(now = performance.now()) {
    return this.#loops.map(({ name, progress }) => {
      const state = progress.state(now, this.#settings.stalledAfterMs);
      return {
        loop: `${this.#options.service}-${name}`,
        passes: progress.passes,
        isStalled: state.is === 'stalled',
        /** How long it has made no progress, in milliseconds; 0 while it does. */
        standstillMs: 'ms' in state ? state.ms : 0,
      };
    });
  }

  /** Logs each loop once when it is stalled, again after ten minutes, and when it goes on. */
  look(now = performance.now()): void {
    const { log } = this.#options;
    for (const { loop, state, reason, since } of this.stats(now)) {
      const loggedAt = this.#logged.get(loop);
      if (state === 'stalled') {
        if (loggedAt !== undefined && now - loggedAt < this.#settings.remindEveryMs) continue;
        this.#logged.set(loop, now);
        log.error(`${loop} has work and makes no progress since ${since}: ${reason}`);
      } else if (loggedAt !== undefined && state !== 'waiting') {
        this.#logged.delete(loop);
        log.info(`${loop} goes on`);
      }
    }
  }

  /**
   * Stops the loops that their owners have not stopped, and waits for their passes. The relay goes
   * on meanwhile and publishes what these append.
   */
  async stop(): Promise<void> {
    for (const isLast of [false, true]) {
      const now = this.#loops.filter(({ stopsLast = false }) => stopsLast === isLast);
      await Promise.all(now.map((loop) => loop.stop?.()));
    }
    clearInterval(this.#timer);
  }
}
