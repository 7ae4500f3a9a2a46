/** The events that tell of a settled letter (FAIL-3), in the stream of the service whose letter it is. */
import { deadLetterDiscardedOf, deadLetterRedrivenOf } from '../../schemas/dead-letter.ts';
import type { Cause } from '../../schemas/envelope.ts';
import { appendEvents } from '../outbox/append.ts';
import { newEvent } from '../outbox/event.ts';
import type { DeadLetter, Settlement } from './dead-letters.store.ts';
import type { OnSettled } from './dead-letters.ts';

/** Makes what appends a service's event about a settlement, in its transaction; `cause` says who settled it, from where. */
export function letterEvents(service: string): (cause: Cause) => OnSettled {
  const redriven = deadLetterRedrivenOf(service);
  const discarded = deadLetterDiscardedOf(service);
  const eventOf = (letter: DeadLetter, { status, reason }: Settlement, cause: Cause) => {
    const data = {
      letterId: letter.id,
      consumer: letter.consumer,
      event: letter.eventKey,
      eventType: letter.type,
      eventSubject: letter.subject,
      code: letter.code,
    };
    // A letter is settled once: its first version is its last.
    return status === 'redriven'
      ? newEvent(redriven, letter.id, 1, data, cause)
      : newEvent(discarded, letter.id, 1, { ...data, reason: reason ?? '' }, cause);
  };
  return (cause) => (tx, letter, settlement) => appendEvents(tx, [eventOf(letter, settlement, cause)]);
}
