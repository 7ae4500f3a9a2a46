/**
 * Composes payout mails whose facts are complete (ACC-5), whichever event came last. Any node may
 * do it. One pass is one transaction.
 */
import type { Database, Tx } from '#mixins/database/database.ts';
import type { ItemWork } from '#mixins/loops/item-work.ts';
import { type Composed, type ComposeSettings, GIVE_UP_WAITING_MS, mailTo } from '../mails/compose.ts';
import { PAYOUTS, payoutItem } from '../mails/items.ts';
import type { NewMail } from '../mails/mail.ts';
import { queueMails } from '../mails/queue-mails.step.ts';
import payout, { type ListedOperation, MAX_OPERATIONS_LISTED } from '../templates/payout.ts';
import {
  type DuePayout,
  lockDuePayouts,
  lockPayout,
  markPayoutsMailed,
  operationsOf,
  postponePayouts,
} from './payout.store.ts';

/** Payouts that one pass reads. */
const PAYOUTS_A_PASS = 100;
/** Maximum number of lines in the mails of a pass: some ten megabytes. */
const LINES_A_PASS = 10_000;

/** The loop `mailer-payouts`. Its items are payouts. */
export function payoutsWork(database: Database, settings: ComposeSettings): ItemWork<Composed> {
  return {
    name: PAYOUTS,
    database,
    most: PAYOUTS_A_PASS,
    canWait: true,
    pass: (limit, took) =>
      database.inTransaction(async (tx) => {
        const due = await lockDuePayouts(tx, limit);
        took(due.map(payoutItem));
        return await composeDue(tx, due, settings);
      }),
    async redrive(tx, { key }) {
      await composeDue(tx, await lockPayout(tx, key), settings);
    },
    discard: (tx, { key }) => markPayoutsMailed(tx, [key]),
  };
}

async function composeDue(tx: Tx, due: readonly DuePayout[], settings: ComposeSettings): Promise<Composed> {
  if (due.length === 0) return { mails: 0, waiting: 0 };
  const complete = firstOf(due.filter(isComplete), LINES_A_PASS);
  const listed = await operationsOf(tx, complete, MAX_OPERATIONS_LISTED);
  const mails = complete.flatMap((each) => mailOf(each, listed.get(each.payoutId) ?? [], settings));
  await queueMails(tx, mails, settings);
  await markPayoutsMailed(
    tx,
    complete.map(({ payoutId }) => payoutId),
  );
  const waiting = due.filter((each) => !isComplete(each));
  await postponePayouts(tx, waiting);
  return { mails: complete.length, waiting: waiting.length };
}

/** Whether the employee is known and all lines of the day are here. */
function isComplete({ email, lines, operations, waitedMs }: DuePayout): boolean {
  return email !== null && (lines >= operations || waitedMs > GIVE_UP_WAITING_MS);
}

/**
 * The payouts that together list at most this many lines, and at least one payout. The others stay
 * due.
 */
function firstOf(payouts: readonly DuePayout[], lines: number): DuePayout[] {
  let left = lines;
  return payouts.filter((each, index) => {
    left -= Math.min(each.lines, MAX_OPERATIONS_LISTED);
    return index === 0 || left >= 0;
  });
}

function mailOf(
  due: DuePayout,
  operations: readonly ListedOperation[],
  settings: ComposeSettings,
): NewMail[] {
  const { payoutId, employeeId: userId, businessDay, amount, currency, occurredAt: requestedAt } = due;
  const more = Math.max(due.operations, due.lines) - operations.length;
  // The carried-over amount is unknown while lines are missing.
  const carriedOver = due.lines >= due.operations ? amount - due.sum : 0;
  const mail = { requestKey: `payout:${payoutId}`, template: 'payout', requestedAt, userId };
  return mailTo(due, mail, settings, (context) =>
    payout.render({ businessDay, amount, currency, operations, more, carriedOver }, context),
  );
}
