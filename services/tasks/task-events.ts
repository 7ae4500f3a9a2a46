/**
 * The events of a task. All of them contain its text, so a consumer of one event needs no other.
 */
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { Cause } from '#schemas/envelope.ts';
import { taskCompleted } from '#schemas/events/tasks/task-completed.v1.ts';
import { taskCreated } from '#schemas/events/tasks/task-created.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import type { DoneTask, OpenTask } from './task.ts';

function textOf({ id, title, externalId, description }: OpenTask | DoneTask) {
  return { taskId: id, title, externalId, description };
}

/** The event of a new task with its first assignee (TASK-2). */
export function createdEvent(task: OpenTask, cause: Cause): NewEvent<typeof taskCreated> {
  const { assigneeId, createdById, createdAt } = task;
  const data = { ...textOf(task), assigneeId, createdById, createdAt: createdAt.getTime() };
  return newEvent(taskCreated, task.id, task.version, data, cause);
}

/** The event of a completed task (TASK-7). */
export function completedEvent(task: DoneTask, cause: Cause): NewEvent<typeof taskCompleted> {
  const { assigneeId, completedAt } = task;
  const data = { ...textOf(task), assigneeId, completedAt: completedAt.getTime() };
  return newEvent(taskCompleted, task.id, task.version, data, cause);
}

/** The event of a drawn task (TASK-5). `task` is its state after the draw. */
export function reassignedEvent(
  task: OpenTask,
  previousAssigneeId: string,
  shuffleId: string,
  reassignedAt: Date,
  cause: Cause,
): NewEvent<typeof taskReassigned> {
  const data = {
    ...textOf(task),
    previousAssigneeId,
    assigneeId: task.assigneeId,
    shuffleId,
    reassignedAt: reassignedAt.getTime(),
  };
  return newEvent(taskReassigned, task.id, task.version, data, cause);
}
