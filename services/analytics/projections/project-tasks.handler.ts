/** Stores the newest version of each task: its assignee, and its number of assignments. */
import type { Delivery } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { newestOf } from '#mixins/newest.ts';
import { taskCompleted } from '#schemas/events/tasks/task-completed.v1.ts';
import { taskCreated } from '#schemas/events/tasks/task-created.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import { keepTasks } from './projection.store.ts';

const contracts = [taskCreated, taskReassigned, taskCompleted] as const;

async function projectTasks(
  tx: Tx,
  slot: number,
  batch: readonly Delivery<(typeof contracts)[number]>[],
): Promise<void> {
  const tasks = batch.map(({ data, sequence, type }) => ({
    id: data.taskId.toLowerCase(),
    title: data.title,
    externalId: data.externalId,
    assigneeId: data.assigneeId,
    done: type === taskCompleted.type,
    version: sequence,
  }));
  await keepTasks(
    tx,
    slot,
    newestOf(tasks, ({ id }) => id),
  );
}

export const tasks = { stream: 'tasks', order: 'newest', reads: contracts, project: projectTasks } as const;
