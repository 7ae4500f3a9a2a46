/**
 * Stores the newest name of each user (AUTH-3), and the newest version of each task: its assignee,
 * and its number of assignments.
 */
import type { Delivery } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { newestOf } from '#mixins/newest.ts';
import { userChanged } from '#schemas/events/auth/user-changed.v1.ts';
import { userRegistered } from '#schemas/events/auth/user-registered.v1.ts';
import { taskCompleted } from '#schemas/events/tasks/task-completed.v1.ts';
import { taskCreated } from '#schemas/events/tasks/task-created.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import { keepTasks, keepUsers } from './projection.store.ts';

const userEvents = [userRegistered, userChanged] as const;
const taskEvents = [taskCreated, taskReassigned, taskCompleted] as const;

type UserDelivery = Delivery<(typeof userEvents)[number]>;
type TaskDelivery = Delivery<(typeof taskEvents)[number]>;

async function projectUsers(tx: Tx, slot: number, batch: readonly UserDelivery[]): Promise<void> {
  // UUIDs may be in capitals.
  const copies = batch.map(({ data, sequence }) => ({
    id: data.userId.toLowerCase(),
    name: data.name,
    version: sequence,
  }));
  const newest = newestOf(copies, ({ id }) => id);
  await keepUsers(tx, slot, newest);
}

async function projectTasks(tx: Tx, slot: number, batch: readonly TaskDelivery[]): Promise<void> {
  const copies = batch.map(({ data, sequence, type }) => ({
    id: data.taskId.toLowerCase(),
    title: data.title,
    externalId: data.externalId,
    assigneeId: data.assigneeId,
    done: type === taskCompleted.type,
    version: sequence,
  }));
  const newest = newestOf(copies, ({ id }) => id);
  await keepTasks(tx, slot, newest);
}

export const users = { stream: 'auth', order: 'newest', reads: userEvents, project: projectUsers } as const;
export const tasks = { stream: 'tasks', order: 'newest', reads: taskEvents, project: projectTasks } as const;
