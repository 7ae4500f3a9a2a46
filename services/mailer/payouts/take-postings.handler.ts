/** Stores accounting's lines of employees until their payout mails are composed (ACC-5). */
import { type Delivery, defineConsumer } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { dayClosed } from '#schemas/events/accounting/day-closed.v1.ts';
import { employeeBilled } from '#schemas/events/accounting/employee-billed.v1.ts';
import { payoutMade } from '#schemas/events/accounting/payout-made.v1.ts';
import { type PostingMade, postingMade } from '#schemas/events/accounting/posting-made.v1.ts';
import { taskPaid } from '#schemas/events/accounting/task-paid.v1.ts';
import { causeOfMail } from '../mails/mail.ts';
import { factsTaken } from '../mails/signals.ts';
import {
  type ClosedDay,
  keepClosedDays,
  keepOperations,
  keepPayouts,
  type Operation,
  type Payout,
} from './payout.store.ts';

const READS = [employeeBilled, taskPaid, postingMade, payoutMade, dayClosed] as const;
export type PostingDelivery = Delivery<(typeof READS)[number]>;

/** Only employees are paid out. Accounts may have other owners. */
const EMPLOYEE = 'employee';

export async function takePostings(batch: readonly PostingDelivery[], tx: Tx): Promise<void> {
  const lines: Operation[] = [];
  const payouts: Payout[] = [];
  const days: ClosedDay[] = [];
  for (const delivery of batch) {
    switch (delivery.type) {
      case 'accounting.employee.billed.v1':
        lines.push({ ...delivery.data, kind: 'fee' });
        break;
      case 'accounting.task.paid.v1':
        lines.push({ ...delivery.data, kind: 'reward' });
        break;
      case 'accounting.posting.made.v1':
        if (delivery.data.ownerType === EMPLOYEE) lines.push(lineOf(delivery.data));
        break;
      case 'accounting.payout.made.v1':
        payouts.push({
          ...delivery.data,
          ...causeOfMail(delivery),
          occurredAt: new Date(delivery.data.occurredAt),
        });
        break;
      case 'accounting.day.closed.v1':
        days.push(delivery.data);
        break;
      default:
        throw delivery satisfies never;
    }
  }
  await keepOperations(tx, lines);
  await keepPayouts(tx, payouts);
  await keepClosedDays(tx, days);
  if (payouts.length > 0) factsTaken.sendAfterCommit(tx);
}

function lineOf(posting: PostingMade): Operation {
  return {
    ...posting,
    employeeId: posting.ownerId,
    title: posting.referenceTitle ?? posting.reason,
    externalId: null,
  };
}

/**
 * The durable `mailer-accounting`. The key of a line is its entry's id, and a payout has its own
 * id. So events may come in any order and repeatedly. The batch is larger than the default, because
 * lines are small and the most frequent events.
 */
export const accountingConsumer = defineConsumer({
  stream: 'accounting',
  order: 'keyed',
  reads: READS,
  handle: takePostings,
  batchSize: 1_000,
  // They wait for the payout of their day.
  everyMs: 100,
});
