/** Presses the button (TASK-5): puts a shuffle into the queue; its runner does the rest. */
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

/** A shuffle was put into the queue. */
export const shufflePressed = new Signal();

/** The user of the request has pressed. Throws `nobody_assignable`, and writes nothing, where there is no one to draw. */
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
