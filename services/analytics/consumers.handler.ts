/**
 * What analytics consumes: three streams, live and, in a rebuild, from their beginning. A batch of
 * events becomes rows in the live generation, and in the one that is being built beside it.
 *
 * A rebuild reads the streams from their beginning up to where they end when it starts, by durables
 * of its own; everything after that reaches it here, from the live durables, in the same
 * transaction as the live rows. So it may become live as soon as it has read its part: what was
 * live before is never ahead of it, nothing is between two durables, and those that were live go
 * on. It writes twice meanwhile. That parts may come in any order, and twice, is what keys are for.
 */
import { type ConsumerDefinition, defineConsumer } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { accounting } from './projections/project-accounting.handler.ts';
import { tasks } from './projections/project-tasks.handler.ts';
import { users } from './projections/project-users.handler.ts';
import { currentGenerations, shareGenerations } from './rebuild/generation.store.ts';

/** Durables analytics-auth, analytics-tasks, analytics-accounting. */
export const liveConsumers = {
  auth: defineConsumer({ ...users, handle: inEveryGeneration(users.project) }),
  tasks: defineConsumer({ ...tasks, handle: inEveryGeneration(tasks.project) }),
  accounting: defineConsumer({ ...accounting, handle: inEveryGeneration(accounting.project) }),
};

export type ConsumerKey = keyof typeof liveConsumers;

/** The same, for a generation that is being built only. */
export function buildingConsumers(number: number): Record<ConsumerKey, ConsumerDefinition> {
  return {
    auth: defineConsumer({ ...users, handle: inGeneration(users.project, number) }),
    tasks: defineConsumer({ ...tasks, handle: inGeneration(tasks.project, number) }),
    accounting: defineConsumer({ ...accounting, handle: inGeneration(accounting.project, number) }),
  } as Record<ConsumerKey, ConsumerDefinition>;
}

/**
 * Applies a batch to the rows of a slot. Applying an event again, or another one first, comes to
 * the same.
 */
export type Project<D> = (tx: Tx, slot: number, batch: readonly D[]) => Promise<void>;

/** A consumer's `handle`. */
type Handle<D> = (batch: readonly D[], tx: Tx) => Promise<void>;

/**
 * For a live consumer. The slot that is built comes last: transactions that share rows lock them in
 * one order.
 */
function inEveryGeneration<D>(project: Project<D>): Handle<D> {
  return async (batch, tx) => {
    await shareGenerations(tx);
    for (const { slot } of await currentGenerations(tx)) await project(tx, slot, batch);
  };
}

/**
 * For a rebuild's consumer: only in the generation that it builds, and not any more when that has
 * ended.
 */
function inGeneration<D>(project: Project<D>, number: number): Handle<D> {
  return async (batch, tx) => {
    await shareGenerations(tx);
    const building = (await currentGenerations(tx)).find((each) => each.state === 'building');
    if (building?.number === number) await project(tx, building.slot, batch);
  };
}
