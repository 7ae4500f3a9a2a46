/** Presses the button (TASK-5): puts a shuffle into the queue; its runner does the rest. */
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { Problem } from '#schemas/errors.ts';
import { newestPopulation } from '../population.store.ts';
import { insertShuffle } from './shuffle.store.ts';
import { requestedEvent, type ShuffleView, viewShuffle } from './shuffle.ts';

/** Whoever caused it has pressed. `onPressed` is called after the commit. Throws `nobody_assignable` where nobody is; nothing is written then. */
export function pressShuffle(
  database: Database,
  { cause, idempotency }: Pick<Request, 'cause' | 'idempotency'>,
  onPressed: () => void,
): Promise<ShuffleView> {
  return database.inTransaction((tx) =>
    withIdempotency(tx, idempotency, async () => {
      const { size } = await newestPopulation(tx);
      if (size === 0) throw new Problem('nobody_assignable');
      const shuffle = await insertShuffle(tx, uuidv7(), cause);
      await appendEvents(tx, [requestedEvent(shuffle, cause)]);
      tx.afterCommit(onPressed);
      return viewShuffle(shuffle);
    }),
  );
}
