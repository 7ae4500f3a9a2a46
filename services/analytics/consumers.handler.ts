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
import { type ConsumerDefinition, defineConsumer } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { accounting } from './projections/project-accounting.handler.ts';
import { tasks } from './projections/project-tasks.handler.ts';
import { users } from './projections/project-users.handler.ts';
import { currentGenerations, lockGenerationsShared } from './rebuild/generation.store.ts';

/** Durables analytics-auth, analytics-tasks, analytics-accounting. */
export const liveConsumers = {
  auth: defineConsumer({ ...users, handle: inEveryGeneration(users.project) }),
  tasks: defineConsumer({ ...tasks, handle: inEveryGeneration(tasks.project) }),
  accounting: defineConsumer({ ...accounting, handle: inEveryGeneration(accounting.project) }),
};

export type ConsumerKey = keyof typeof liveConsumers;

/** The same consumers for a generation that is being built. */
export function buildingConsumers(number: number): Record<ConsumerKey, ConsumerDefinition> {
  return {
    auth: defineConsumer({ ...users, handle: inGeneration(users.project, number) }),
    tasks: defineConsumer({ ...tasks, handle: inGeneration(tasks.project, number) }),
    accounting: defineConsumer({ ...accounting, handle: inGeneration(accounting.project, number) }),
  } as Record<ConsumerKey, ConsumerDefinition>;
}

/**
 * Applies a batch to the rows of a slot. The result is the same when events are applied again or in
 * another order.
 */
export type Project<D> = (tx: Tx, slot: number, batch: readonly D[]) => Promise<void>;

/** The `handle` of a consumer. */
type Handle<D> = (batch: readonly D[], tx: Tx) => Promise<void>;

/**
 * For a live consumer. The slot of the building generation comes last, so that transactions lock
 * shared rows in one order.
 */
function inEveryGeneration<D>(project: Project<D>): Handle<D> {
  return async (batch, tx) => {
    await lockGenerationsShared(tx);
    for (const { slot } of await currentGenerations(tx)) await project(tx, slot, batch);
  };
}

/**
 * For a rebuild's consumer: it writes only to the generation that it builds, and stops when that
 * has ended.
 */
function inGeneration<D>(project: Project<D>, number: number): Handle<D> {
  return async (batch, tx) => {
    await lockGenerationsShared(tx);
    const building = (await currentGenerations(tx)).find((each) => each.state === 'building');
    if (building?.number === number) await project(tx, building.slot, batch);
  };
}
