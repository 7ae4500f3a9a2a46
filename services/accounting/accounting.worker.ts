/** The loops of a node of accounting: they open, close and seal (ACC-5, ACC-6, ACC-8). */
import { calendarOf } from '#mixins/calendar.ts';
import type { Database } from '#mixins/database/database.ts';
import { isRetryable } from '#mixins/database/errors.ts';
import { Loop } from '#mixins/loops/loop.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import { Outage, type OutageLog } from '#mixins/outage.ts';
import type { Config } from '../../config.ts';
import { dayEnded } from './days/close-day.handler.ts';
import { openDaysInTime, openDueDays } from './days/open-day.handler.ts';
import { closeWork } from './days/settle-day.handler.ts';
import { journalSealed, Sealer, sealWanted } from './seal/seal-journal.handler.ts';

/**
 * Interval between seals, in milliseconds. A full block is sealed at once. A longer interval leaves
 * more postings unsealed; a shorter one makes many small blocks.
 */
const SEAL_EVERY_MS = 500;

export interface LoopsOptions {
  readonly database: Database;
  readonly config: Config;
  readonly loops: Loops;
  readonly log: OutageLog;
}

/** The caller starts and stops them. */
export function accountingLoops(options: LoopsOptions): readonly Loop[] {
  const { loops } = options;
  return [cutOverLoop(options), closeLoop(options), sealLoop(options)].map((loop) => loops.add(loop));
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

/** Opens each day when it is due. */
function cutOverLoop({ database, config, log }: LoopsOptions): Loop {
  return new Loop({
    name: 'cut-over',
    // There are no items: one day is open at a time.
    runOnce: async () => {
      await openDaysInTime(database, calendarOf(config));
      return false;
    },
    outage: new Outage('The cut-over to the next day fails', log),
  });
}

/** Closes ended days. */
function closeLoop({ database, config, loops, log }: LoopsOptions): Loop {
  const closing = loops.isolate(closeWork(database, config));
  return new Loop({
    name: 'close',
    runOnce: async () => {
      const pass = await closing.runOnce();
      if (pass.outcome !== 'waiting') return pass.outcome === 'settled' || pass.outcome === 'closed';
      sealWanted.send(database);
      return { blocked: `${pass.day} is not sealed yet` };
    },
    outage: new Outage('The close of a day fails', log),
    wokenBy: [dayEnded.of(database), journalSealed.of(database)],
  });
}

function sealLoop({ database, log }: LoopsOptions): Loop {
  const sealer = new Sealer(database);
  return new Loop({
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
    outage: new Outage('The seal of the journal fails', log),
    pollMs: SEAL_EVERY_MS,
    wokenBy: [sealWanted.of(database)],
  });
}
