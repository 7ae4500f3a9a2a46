/** What analytics consumes: three streams, live and, in a rebuild, from their beginning. */
import { type ConsumerDefinition, defineConsumer } from '../../mixins/consumer/definition.ts';
import { inEveryGeneration, inGeneration } from './project.handler.ts';
import { accounting } from './project-accounting.handler.ts';
import { tasks } from './project-tasks.handler.ts';
import { users } from './project-users.handler.ts';

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
