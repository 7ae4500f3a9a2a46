/** Closes ended days, in a loop on each node (ACC-5, ACC-6). */
import { setTimeout as delay } from 'node:timers/promises';
import type { BusinessDay } from '#mixins/calendar.ts';
import type { Request } from '#mixins/identity/request.ts';
import { Loop } from '#mixins/loops/loop.ts';
import { Outage } from '#mixins/outage.ts';
import { journalSealed, sealWanted } from '../seal/seal-journal.handler.ts';
import type { WorkerOptions } from '../worker-options.ts';
import { dayEnded, endDay, viewDay } from './close-day.handler.ts';
import type { DayView } from './day-view.ts';
import { closeWork } from './settle-day.handler.ts';

/**
 * How long an answer waits for the close, in milliseconds. It is well below the time limit of a
 * request.
 */
const WAIT_MS = 2_000;
/** Pause between two reads of the day, in milliseconds. */
const POLL_MS = 25;

export class DayCloser {
  readonly #options: WorkerOptions;
  readonly #loop: Loop;

  constructor(options: WorkerOptions) {
    const { database, config, loops, log } = options;
    this.#options = options;
    const closing = loops.isolate(closeWork(database, config));
    this.#loop = loops.add(
      new Loop({
        name: 'close',
        runOnce: async () => {
          const pass = await closing.runOnce();
          if (pass.outcome !== 'waiting') return pass.outcome === 'settled' || pass.outcome === 'closed';
          sealWanted.send(database);
          return { blocked: `${pass.day} is not sealed yet` };
        },
        outage: new Outage('The close of a day fails', log),
        wokenBy: [dayEnded.of(database), journalSealed.of(database)],
      }),
    );
  }

  start(): void {
    this.#loop.start();
  }

  /**
   * Ends the day and returns the progress of its close. The status is `closed` if the close takes
   * less than two seconds. Any node may close the day. Throws as `endDay` does.
   */
  async close(day: BusinessDay, request: Pick<Request, 'cause' | 'idempotency'>): Promise<DayView> {
    const { database, config } = this.#options;
    let view = await endDay(database, config, day, request);
    const waitUntil = performance.now() + WAIT_MS;
    while (view.status !== 'closed' && performance.now() < waitUntil) {
      await delay(POLL_MS);
      view = await viewDay(database, config, day);
    }
    return view;
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }
}
