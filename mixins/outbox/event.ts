/** An event as a handler makes it, before the outbox gives it an id and encodes it. */
import type { Cause } from '../../schemas/envelope.ts';
import type { EventContract, EventData } from '../../schemas/event.ts';

export interface NewEvent<C extends EventContract = EventContract> {
  readonly contract: C;
  readonly aggregateId: string;
  /** The aggregate's version after the change, 1 for the first. */
  readonly sequence: number;
  readonly data: EventData<C>;
  readonly cause: Cause;
}

/** Makes an event whose data is checked against its contract by the compiler. */
export function newEvent<C extends EventContract>(
  contract: C,
  aggregateId: string,
  sequence: number,
  data: EventData<C>,
  cause: Cause,
): NewEvent<C> {
  return { contract, aggregateId, sequence, data, cause };
}
