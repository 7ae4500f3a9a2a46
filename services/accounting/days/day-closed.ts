/** The event of a closed day (ACC-9). */
import type { BusinessDay } from '#mixins/calendar.ts';
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { Cause } from '#schemas/envelope.ts';
import { dayClosed } from '#schemas/events/accounting/day-closed.v1.ts';

/** The final figures of a closed day. Sums are positive, in minor units. */
export interface ClosedDay {
  readonly day: BusinessDay;
  readonly fees: number;
  readonly rewards: number;
  /** The number of payouts. */
  readonly payouts: number;
  readonly totalPaid: number;
  /** Sum of the debts at the end of the day. */
  readonly carriedOver: number;
  readonly entries: number;
  readonly head: string;
  readonly closedAt: Date;
}

export function dayClosedEvent(closed: ClosedDay, currency: string, cause: Cause): NewEvent {
  const { day, closedAt, fees, rewards, ...figures } = closed;
  const data = {
    ...figures,
    businessDay: day,
    currency,
    fees,
    rewards,
    result: fees - rewards,
    closedAt: closedAt.getTime(),
  };
  // A day is closed once. So this is the first and only version of its aggregate.
  return newEvent(dayClosed, day, 1, data, cause);
}
