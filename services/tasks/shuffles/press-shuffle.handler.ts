/**
 * Puts a shuffle into the queue when a user presses the button (TASK-5). The runner does the rest.
 */
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import { Signal } from '#mixins/loops/signal.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { Problem } from '#schemas/errors.ts';
import { newestPopulation } from '../population.store.ts';
import { insertShuffle } from './shuffle.store.ts';
import { requestedEvent, type ShuffleView, viewShuffle } from './shuffle.ts';

/** Sent when a shuffle was put into the queue. */
export const shufflePressed = new Signal();

/**
 * Starts a shuffle in the name of the caller. Throws `nobody_assignable` if there is nobody to
 * draw; nothing is written then.
 */
export function pressShuffle(
  database: Database,
  { cause, idempotency }: Pick<Request, 'cause' | 'idempotency'>,
): Promise<ShuffleView> {
  return database.inTransaction((tx) =>
    withIdempotency(tx, idempotency, async () => {
      const { size } = await newestPopulation(tx);
      if (size === 0) throw new Problem('nobody_assignable');
      const shuffle = await insertShuffle(tx, uuidv7(), cause);
      await appendEvents(tx, [requestedEvent(shuffle, cause)]);
      shufflePressed.sendAfterCommit(tx);
      return viewShuffle(shuffle);
    }),
  );
}
