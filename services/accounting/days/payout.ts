/**
 * Payouts (ACC-5). An employee's positive balance at the end of a business day is *due* from the moment the day has ended; it is *booked* as
 * the last line of that day, which leaves a balance of zero; it is *sealed* with its day. The books themselves say which: an account whose
 * newest line is of an ended day and whose balance is positive is due; a line under the payout's key is booked. Where the owner is not known
 * the balance stays due: the first close after they become known pays it (ACC-10).
 */
import { v5 as uuidv5 } from 'uuid';
import type { BusinessDay } from '#mixins/calendar.ts';
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { Cause } from '#schemas/envelope.ts';
import { payoutMade } from '#schemas/events/accounting/payout-made.v1.ts';
import { type Account, BANK_ACCOUNT, EMPLOYEE, type Line, type Posting } from '../journal/journal.ts';

export const PAYOUT = 'payout';

/** The namespace of payouts' ids. */
const PAYOUT_IDS = '5b1f6c2e-8c1d-4b0e-9a53-6f1d3c9e7a10';

/** A day that has ended and is not closed. */
export interface EndedDay {
  readonly day: BusinessDay;
  readonly endedAt: Date;
  /** Who ended it, and in the course of what. */
  readonly cause: Cause;
}

export interface Payout extends Posting {
  readonly kind: typeof PAYOUT;
  readonly endedDay: BusinessDay;
  /** How many other lines the account has on that day. */
  readonly operations: number;
}

/** Whether the account is owed its balance, once `openDay` is open; an owner who is known is paid it. */
export function isDue({ owner, balance, lastDay }: Account, openDay: BusinessDay): boolean {
  return owner.type === EMPLOYEE && balance > 0 && lastDay !== null && lastDay < openDay;
}

/** Pays all of the account's balance on the ended day; `id` is its public id, a UUID. */
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

/** What the world calls a payout: a function of its key, hence the same whoever tells of it. */
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
