/**
 * Postings that no task demands: adjustments by hand (ACC-7) and what other services ask for (ACC-10). They are signed as posted, and
 * leave the company's result, which counts fees and rewards only, as it is.
 */
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import { postingMade } from '#schemas/events/accounting/posting-made.v1.ts';
import { aggregateIdOf, COMPANY_ACCOUNT, EMPLOYEE, type Line, type Posting } from './journal.ts';

export const ADJUSTMENT = 'adjustment';

/**
 * No free posting may take a balance beyond this, in minor units, either way: tasks go on being booked long before sums of safe integers
 * would end.
 */
export const MAX_BALANCE = 1_000_000_000_000_000;

/**
 * Nor may they come to more than this together, in minor units: the payouts of a day and the debts that it carries over are sums of safe
 * integers, too, and a day whose sums can't be told could never be closed. What others are booking at the same moment does not count yet;
 * the distance to the end of the safe integers (9 × 10^15) is for that, and for what tasks pay.
 */
const MAX_FREE_TOTAL = 4_000_000_000_000_000;

/** Minor units, positive. */
export interface FreeTotals {
  /** What was added to balances on days that are not closed, and what the last day that was settled left unpaid: a day may have to pay it. */
  readonly income: number;
  /** The debts of the last day that was settled, and what was taken from balances on the days behind it. */
  readonly expense: number;
}

/** The totals with another posting of so much. */
export function withAmount({ income, expense }: FreeTotals, amount: number): FreeTotals {
  return amount > 0 ? { income: income + amount, expense } : { income, expense: expense - amount };
}

export interface OutOfBounds {
  readonly code: 'balance_out_of_bounds' | 'total_out_of_bounds';
  readonly reason: string;
}

/** Why no free posting of so much may be made to an account with this balance; null where it may. */
export function outOfBounds(balance: number, totals: FreeTotals, amount: number): OutOfBounds | null {
  if (Math.abs(balance + amount) > MAX_BALANCE) {
    return { code: 'balance_out_of_bounds', reason: `The balance would be beyond ${MAX_BALANCE}` };
  }
  const { income, expense } = withAmount(totals, amount);
  if ((amount > 0 ? income : expense) > MAX_FREE_TOTAL) {
    const reason = `What is ${amount > 0 ? 'added to' : 'taken from'} all balances would come to more than ${MAX_FREE_TOTAL}`;
    return { code: 'total_out_of_bounds', reason };
  }
  return null;
}

export interface FreePosting extends Posting {
  /** The id of the request; null for an adjustment. */
  readonly requestId: string | null;
}

/** An adjustment of an employee's account; `id` is its public id, a UUID, and its key. */
export function adjustmentOf(
  adjustment: Pick<Posting, 'id' | 'amount' | 'occurredAt' | 'cause'> & {
    readonly userId: string;
    readonly reason: string;
    readonly by: { readonly id: string; readonly name: string };
  },
): FreePosting {
  const { id, amount, occurredAt, cause, userId, reason, by } = adjustment;
  return {
    id,
    key: `adjustment:${id}`,
    kind: ADJUSTMENT,
    owner: { type: EMPLOYEE, id: userId },
    amount,
    counterAccountId: COMPANY_ACCOUNT,
    reference: null,
    occurredAt,
    endedDay: null,
    note: reason,
    by,
    cause,
    requestId: null,
  };
}

/** A free posting was made (ACC-9). */
export function madeEvent(line: Line<FreePosting>, currency: string): NewEvent {
  const { posting, businessDay, balanceAfter } = line;
  const data = {
    entryId: posting.id,
    ownerType: posting.owner.type,
    ownerId: posting.owner.id,
    amount: posting.amount,
    currency,
    kind: posting.kind,
    reason: posting.note,
    requestId: posting.requestId,
    referenceType: posting.reference?.type ?? null,
    referenceId: posting.reference?.id ?? null,
    referenceTitle: posting.reference?.title ?? null,
    byId: posting.by?.id ?? null,
    byName: posting.by?.name ?? null,
    balanceAfter,
    businessDay,
    occurredAt: posting.occurredAt.getTime(),
  };
  return newEvent(postingMade, aggregateIdOf(posting.owner), line.accountSequence, data, posting.cause);
}
