/** Opens each day when it is due, in a loop on each node. */
import { calendarOf } from '#mixins/calendar.ts';
import { isRetryable } from '#mixins/database/errors.ts';
import { Loop } from '#mixins/loops/loop.ts';
import { Outage } from '#mixins/outage.ts';
import type { WorkerOptions } from '../worker-options.ts';
import { openDaysInTime, openDueDays } from './open-day.handler.ts';

export class DayOpener {
  readonly #options: WorkerOptions;
  readonly #outage: Outage;
  readonly #loop: Loop;

  constructor(options: WorkerOptions) {
    const { database, config, loops, log } = options;
    this.#options = options;
    this.#outage = new Outage('The cut-over to the next day fails', log);
    this.#loop = loops.add(
      new Loop({
        name: 'cut-over',
        // There are no items: one day is open at a time.
        runOnce: async () => {
          await openDaysInTime(database, calendarOf(config));
          return false;
        },
        outage: this.#outage,
      }),
    );
  }

  /** Opens the days that are due, then starts the loop. */
  async start(): Promise<void> {
    const { database, config } = this.#options;
    try {
      await openDueDays(database, calendarOf(config));
    } catch (error) {
      // Without the primary this node only reads, from the replica. The first posting opens the
      // day.
      if (!isRetryable(error)) throw error;
      this.#outage.failed(error);
    }
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }
}
