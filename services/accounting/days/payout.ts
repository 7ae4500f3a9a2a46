/**
 * Payouts (ACC-5). An employee's positive balance at the end of a business day becomes *due* when
 * the day ends. It is *booked* as the last line of that day, which leaves a balance of zero. It is
 * *sealed* with its day.
 *
 * The books determine these states. An account is due if its newest line is of an ended day and its
 * balance is positive. A payout is booked if there is a line under its key. While the owner is
 * unknown the balance stays due, and the first close after they become known pays it (ACC-10).
 */
import { v5 as uuidv5 } from 'uuid';
import type { BusinessDay } from '#mixins/calendar.ts';
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { Cause } from '#schemas/envelope.ts';
import { payoutMade } from '#schemas/events/accounting/payout-made.v1.ts';
import { type Account, BANK_ACCOUNT, EMPLOYEE, type Line, type Posting } from '../journal/journal.ts';

export const PAYOUT = 'payout';

/** The namespace of payout ids. */
const PAYOUT_IDS = '5b1f6c2e-8c1d-4b0e-9a53-6f1d3c9e7a10';

/** A day that has ended and is not closed. */
export interface EndedDay {
  readonly day: BusinessDay;
  readonly endedAt: Date;
  /** Who ended it, and in which request. */
  readonly cause: Cause;
}

export interface Payout extends Posting {
  readonly kind: typeof PAYOUT;
  readonly endedDay: BusinessDay;
  /** The number of other lines of the account on that day. */
  readonly operations: number;
}

/** Whether the account is owed its balance once `openDay` is open. Only a known owner is paid. */
export function isDue({ owner, balance, lastDay }: Account, openDay: BusinessDay): boolean {
  return owner.type === EMPLOYEE && balance > 0 && lastDay !== null && lastDay < openDay;
}

/** The payout of the account's whole balance on the ended day. `id` is its public id, a UUID. */
export function payoutOf(account: Account, ended: EndedDay, operations: number, id: string): Payout {
  return {
    id,
    key: `payout:${account.owner.id}:${ended.day}`,
    kind: PAYOUT,
    owner: account.owner,
    amount: -account.balance,
    counterAccountId: BANK_ACCOUNT,
    reference: null,
    occurredAt: ended.endedAt,
    endedDay: ended.day,
    note: null,
    by: null,
    cause: ended.cause,
    operations,
  };
}

/**
 * The payout's id outside accounting. It depends only on the key, so every event gives the same id.
 */
export const payoutIdOf = (key: string): string => uuidv5(key, PAYOUT_IDS);

/** A payout was made (ACC-9). */
export function payoutEvent({ posting, accountSequence }: Line<Payout>, currency: string): NewEvent {
  const data = {
    payoutId: payoutIdOf(posting.key),
    entryId: posting.id,
    employeeId: posting.owner.id,
    amount: -posting.amount,
    currency,
    businessDay: posting.endedDay,
    operations: posting.operations,
    occurredAt: posting.occurredAt.getTime(),
  };
  return newEvent(payoutMade, posting.owner.id, accountSequence, data, posting.cause);
}
