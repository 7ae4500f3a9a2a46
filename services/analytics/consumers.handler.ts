/**
 * The consumers of analytics: three streams, live and, in a rebuild, from their beginning. A batch
 * of events becomes rows in the live generation, and in the one that is being built beside it.
 *
 * A rebuild reads the streams with its own durables, from their beginning to the end at its start.
 * All later events reach its generation through the live durables, in the same transaction as the
 * live rows. So it can become live as soon as it has read its part. The old generation is never
 * ahead of it then, no event falls between two durables, and the live durables continue. Meanwhile
 * events are written twice. Keys make the parts independent of order and repetition.
 */
import { defineConsumer } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { accounting } from './projections/project-accounting.handler.ts';
import { tasks, users } from './projections/project-copies.handler.ts';
import { currentGenerations, lockGenerationsShared } from './rebuild/generation.store.ts';

/** Figures may follow a little later. A batch costs the same for one event and for many. */
const EVERY_MS = 100;

/**
 * Applies a batch to the rows of a slot. The result is the same when events are applied again or in
 * another order.
 */
type Project<D> = (tx: Tx, slot: number, batch: readonly D[]) => Promise<void>;

/** The consumers of the three streams. They write to the slots that `slotsOf` gives. */
function consumersInto(slotsOf: (tx: Tx) => Promise<readonly number[]>) {
  function into<D>(project: Project<D>) {
    return async (batch: readonly D[], tx: Tx): Promise<void> => {
      await lockGenerationsShared(tx);
      for (const slot of await slotsOf(tx)) await project(tx, slot, batch);
    };
  }
  return {
    auth: defineConsumer({ ...users, handle: into(users.project) }),
    tasks: defineConsumer({ ...tasks, handle: into(tasks.project), everyMs: EVERY_MS }),
    accounting: defineConsumer({ ...accounting, handle: into(accounting.project), everyMs: EVERY_MS }),
  };
}

/**
 * Durables analytics-auth, analytics-tasks, analytics-accounting. The slot of the building
 * generation comes last, so that transactions lock shared rows in one order.
 */
export const liveConsumers = consumersInto(async (tx) => {
  const { live, building } = await currentGenerations(tx);
  return building === undefined || building.copying ? [live.slot] : [live.slot, building.slot];
});

/**
 * The same consumers for a generation that is being built. They write only to that generation, and
 * to nothing when it has ended.
 */
export function buildingConsumers(number: number): typeof liveConsumers {
  return consumersInto(async (tx) => {
    const { building } = await currentGenerations(tx);
    return building?.number === number ? [building.slot] : [];
  });
}
