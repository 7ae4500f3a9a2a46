/**
 * The loops of a node of accounting: they open, close and seal (ACC-5, ACC-6, ACC-8). A close by
 * hand waits for them.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type BusinessDay, calendarOf } from '#mixins/calendar.ts';
import type { Database } from '#mixins/database/database.ts';
import { isRetryable } from '#mixins/database/errors.ts';
import type { Loop } from '#mixins/loops/loop.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import { delayed } from '#mixins/loops/signal.ts';
import { appended } from '#mixins/outbox/append.ts';
import type { Config } from '../../config.ts';
import { dayEnded, type EndRequest, endDay, isClosed, viewDay } from './days/close-day.handler.ts';
import type { DayView } from './days/day-view.store.ts';
import { openDaysInTime, openDueDays } from './days/open-day.handler.ts';
import { closeWork } from './days/settle-day.handler.ts';
import { journalSealed, Sealer, sealWanted } from './seal/seal-journal.handler.ts';

/**
 * Time from a posting of this node to its seal, in milliseconds. A full block is sealed at once. A
 * longer time leaves more postings unsealed; a shorter one makes many small blocks.
 */
const SEAL_AFTER_MS = 500;

/**
 * How long an answer waits for the close, in milliseconds. It is well below the time limit of a
 * request.
 */
const WAIT_MS = 2_000;
/** Pause between two reads of the day, in milliseconds. */
const POLL_MS = 25;

/** The caller starts them. */
export function accountingLoops(database: Database, config: Config, loops: Loops): readonly Loop[] {
  return [
    cutOverLoop(database, config, loops),
    closeLoop(database, config, loops),
    sealLoop(database, loops),
  ];
}

/** Opens the days that are due when a node starts. */
export async function openFirstDays(database: Database, config: Config): Promise<void> {
  try {
    await openDueDays(database, calendarOf(config));
  } catch (error) {
    // Without the primary this node only reads, from the replica. The loop opens the day later.
    if (!isRetryable(error)) throw error;
  }
}

/**
 * Opens each day some seconds after it is due. A posting that comes first opens it itself.
 */
function cutOverLoop(database: Database, config: Config, loops: Loops): Loop {
  return loops.make({
    name: 'cut-over',
    // There are no items: one day is open at a time.
    runOnce: async () => {
      await openDaysInTime(database, calendarOf(config));
      return false;
    },
    failing: 'The cut-over to the next day fails',
  });
}

/** Closes ended days. */
function closeLoop(database: Database, config: Config, loops: Loops): Loop {
  const closing = loops.isolate(closeWork(database, config));
  return loops.make({
    name: 'close',
    runOnce: async () => {
      const pass = await closing.runOnce();
      if (pass.outcome !== 'waiting') return pass.outcome === 'settled' || pass.outcome === 'closed';
      sealWanted.send(database);
      return { blocked: `${pass.day} is not sealed yet` };
    },
    failing: 'The close of a day fails',
    wokenBy: [dayEnded.of(database), journalSealed.of(database)],
  });
}

function sealLoop(database: Database, loops: Loops): Loop {
  const sealer = new Sealer(database);
  return loops.make({
    name: 'seal',
    // There are no items: the blocks form a chain, so none can be skipped.
    runOnce: async () => {
      const pass = await sealer.runOnce();
      if (pass.outcome === 'waiting') {
        const writers = pass.fence.writers.join(', ');
        return { blocked: `Transactions that post are open (${writers} in pg_locks)` };
      }
      if (pass.outcome !== 'sealed') return false;
      journalSealed.send(database);
      return pass.full;
    },
    failing: 'The seal of the journal fails',
    wokenBy: [sealWanted.of(database), delayed(appended.of(database), SEAL_AFTER_MS)],
  });
}

/**
 * Ends the day and returns the progress of its close. The status is `closed` if the close takes
 * less than two seconds. Any node may close the day. Throws as `endDay` does.
 */
export async function closeDay(
  database: Database,
  config: Config,
  day: BusinessDay,
  request: EndRequest,
): Promise<DayView> {
  await endDay(database, config, day, request);
  const waitUntil = performance.now() + WAIT_MS;
  while (!(await isClosed(database, day)) && performance.now() < waitUntil) await delay(POLL_MS);
  return viewDay(database, config, day);
}
