/** The event of a closed day (ACC-9). */
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { Cause } from '#schemas/envelope.ts';
import type { EventData } from '#schemas/event.ts';
import { dayClosed } from '#schemas/events/accounting/day-closed.v1.ts';

/**
 * The final figures of a closed day. Sums are positive, in minor units. `payouts` is the number of
 * payouts, and `carriedOver` the sum of the debts at the end of the day.
 */
export interface ClosedDay extends Omit<EventData<typeof dayClosed>, 'currency' | 'result' | 'closedAt'> {
  readonly closedAt: Date;
}

export function dayClosedEvent(closed: ClosedDay, currency: string, cause: Cause): NewEvent {
  const result = closed.fees - closed.rewards;
  const data = { ...closed, currency, result, closedAt: closed.closedAt.getTime() };
  // A day is closed once. So this is the first and only version of its aggregate.
  return newEvent(dayClosed, closed.businessDay, 1, data, cause);
}
