/**
 * Postings that no task demands: adjustments by hand (ACC-7) and what other services ask for (ACC-10). They are signed as posted, and
 * leave the company's result, which counts fees and rewards only, as it is.
 */
import { type NewEvent, newEvent } from '../../mixins/outbox/event.ts';
import { postingMade } from '../../schemas/events/accounting/posting-made.v1.ts';
import { aggregateIdOf, COMPANY_ACCOUNT, EMPLOYEE, type Line, type Posting } from './journal.ts';

export const ADJUSTMENT = 'adjustment';

/**
 * No free posting may take a balance beyond this, in minor units, either way: tasks go on being booked long before sums of safe integers
 * would end.
 */
export const MAX_BALANCE = 1_000_000_000_000_000;

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
