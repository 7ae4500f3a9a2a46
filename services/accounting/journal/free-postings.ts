/**
 * Postings that no task requires: manual adjustments (ACC-7) and requests of other services
 * (ACC-10). They are signed as posted. They do not change the company's result, which counts fees
 * and rewards only.
 */
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import { postingMade } from '#schemas/events/accounting/posting-made.v1.ts';
import { aggregateIdOf, COMPANY_ACCOUNT, EMPLOYEE, type Line, type Posting } from './journal.ts';

export const ADJUSTMENT = 'adjustment';

/**
 * No free posting may take a balance beyond this, in either direction, in minor units. Tasks can
 * still be booked long before sums leave the safe integers.
 */
export const MAX_BALANCE = 1_000_000_000_000_000;

/**
 * All free postings together may not exceed this, in minor units. The payouts and the carried-over
 * debts of a day are sums of safe integers, too. A day whose sums leave the safe integers could
 * never be closed. Postings of open transactions do not count yet. The distance to the end of the
 * safe integers (9 × 10^15) leaves room for these, and for tasks.
 */
const MAX_FREE_TOTAL = 4_000_000_000_000_000;

/** Minor units, positive. */
export interface FreeTotals {
  /**
   * Additions to balances on days that are not closed, and what the last settled day left unpaid.
   * One day may have to pay all of it.
   */
  readonly income: number;
  /** The debts of the last settled day, and deductions from balances on later days. */
  readonly expense: number;
}

/** The totals with another posting of this amount. */
export function withAmount({ income, expense }: FreeTotals, amount: number): FreeTotals {
  return amount > 0 ? { income: income + amount, expense } : { income, expense: expense - amount };
}

export interface OutOfBounds {
  readonly code: 'balance_out_of_bounds' | 'total_out_of_bounds';
  readonly reason: string;
}

/**
 * Why a free posting of this amount may not be made to an account with this balance; null if it
 * may.
 */
export function outOfBounds(balance: number, totals: FreeTotals, amount: number): OutOfBounds | null {
  if (Math.abs(balance + amount) > MAX_BALANCE) {
    return { code: 'balance_out_of_bounds', reason: `The balance would be beyond ${MAX_BALANCE}` };
  }
  const { income, expense } = withAmount(totals, amount);
  if ((amount > 0 ? income : expense) > MAX_FREE_TOTAL) {
    const reason = `The sum of all ${amount > 0 ? 'additions to' : 'deductions from'} balances would be more than ${MAX_FREE_TOTAL}`;
    return { code: 'total_out_of_bounds', reason };
  }
  return null;
}

export interface FreePosting extends Posting {
  /** The id of the request; null for an adjustment. */
  readonly requestId: string | null;
}

/** An adjustment of an employee's account. `id` is its public id, a UUID, and part of its key. */
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

/** The event of a free posting (ACC-9). */
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
