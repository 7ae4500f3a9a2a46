/** What an operator does with letters: hand them to the consumer, or the loop, again, or give them up. */

import { Problem } from '../../schemas/errors.ts';
import type { Tx } from '../database/database.ts';
import { itemIn } from '../loops/item-letters.ts';
import type { LoopItem, SettledWork } from '../loops/item-work.ts';
import { type ConsumerContext, within } from './context.ts';
import {
  type DeadLetter,
  lockLetter,
  noteFailedRedrive,
  type Settlement,
  settleLetter,
} from './dead-letters.store.ts';
import { FOREIGN_SUBJECT } from './decode.ts';
import { type StoredEvent, storedMessage } from './message.ts';
import { codeOf } from './set-aside.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

export type { DeadLetter, DeadLetterDetail } from './dead-letters.store.ts';

/** Called in the transaction that settles a letter: where a service appends the event that tells of it. */
export type OnSettled = (tx: Tx, letter: DeadLetter, settlement: Settlement) => Promise<void>;

export interface LetterDesk {
  /** The consumer that set a letter aside; undefined when this service has it no more. */
  contextOf(consumer: string): ConsumerContext | undefined;
  /** The loop's work that set a letter aside; undefined when this service has it no more. */
  workOf(loop: string): SettledWork | undefined;
  readonly database: ConsumerContext['database'];
  readonly onSettled?: OnSettled | undefined;
  /** Called in the transaction that notes a failed redrive in its letter. */
  readonly onFailed?: ((tx: Tx, id: string, reason: string) => Promise<void>) | undefined;
}

/**
 * Handles the event, or the loop's item, again, alone, in one transaction with the letter's new status: once, even if asked twice. Throws `not_found`,
 * `conflict` (settled before, its consumer is gone, its subject was foreign), or what the handler
 * throws; that is noted in the letter, which stays open.
 */
export async function redrive(desk: LetterDesk, id: string, by: string): Promise<DeadLetter> {
  const settlement: Settlement = { status: 'redriven', by, reason: null };
  try {
    return await settle(desk, id, settlement, {
      event: applyLetter,
      item: (work, ...rest) => work.redrive(...rest),
    });
  } catch (error) {
    if (!(error instanceof Problem)) {
      const text = error instanceof Error ? error.message : String(error);
      // The database may be what fails; the caller is told of the first error.
      await desk.database
        .inTransaction(async (tx) => {
          await noteFailedRedrive(tx, id, codeOf(error), text);
          await desk.onFailed?.(tx, id, text);
        })
        .catch(() => {});
    }
    throw error;
  }
}

/** Gives the event, or the loop's item, up. Throws `not_found` or `conflict`. */
export async function discard(desk: LetterDesk, id: string, by: string, reason: string): Promise<DeadLetter> {
  return await settle(
    desk,
    id,
    { status: 'discarded', by, reason },
    { event: async () => {}, item: (work, tx, item) => work.discard(tx, item, reason) },
  );
}

type SettleEvent = (tx: Tx, context: ConsumerContext, letter: DeadLetter & StoredEvent) => Promise<void>;

/** How a letter is settled, by what it holds. */
interface Steps {
  readonly event: SettleEvent;
  readonly item: (work: SettledWork, tx: Tx, item: LoopItem) => Promise<void>;
}

async function settle(
  desk: LetterDesk,
  id: string,
  settlement: Settlement,
  steps: Steps,
): Promise<DeadLetter> {
  const settled = await desk.database.inTransaction(async (tx) => {
    const letter = await lockLetter(tx, id);
    if (letter === undefined) throw new Problem('not_found');
    if (letter.status !== 'open') throw new Problem('conflict', `The letter was ${letter.status} before`);
    const context = desk.contextOf(letter.consumer);
    const work = desk.workOf(letter.consumer);
    if (context !== undefined)
      await within(context.settings.batchDeadlineMs, steps.event(tx, context, letter));
    else if (work !== undefined)
      await within(DEFAULT_SETTINGS.batchDeadlineMs, steps.item(work, tx, itemIn(letter)));
    else throw new Problem('conflict', `There is no consumer or loop ${letter.consumer} any more`);
    await settleLetter(tx, id, settlement);
    const { headers: _, payload: __, ...shown } = letter;
    await desk.onSettled?.(tx, shown, settlement);
    return shown;
  });
  return { ...settled, ...settlement, settledBy: settlement.by, settledReason: settlement.reason };
}

const applyLetter: SettleEvent = async (tx, context, letter) => {
  if (letter.code === FOREIGN_SUBJECT) {
    throw new Problem('conflict', 'It came under a subject that is not that of its type: discard it');
  }
  const decoded = await context.decoder.decode(storedMessage(letter));
  if (decoded.kind === 'unread')
    throw new Problem('conflict', 'The consumer does not read this type any more');
  if (decoded.kind !== 'event') throw decoded.error;
  await context.definition.handle([decoded.delivery], tx, context.platform);
};
