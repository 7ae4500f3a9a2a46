/**
 * A task and its changes (TASK-1, TASK-6, TASK-7). Its assignee is drawn elsewhere; nobody chooses
 * one.
 */
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { task as taskAnswer } from '#schemas/answers/task.ts';
import type { AnswerOf } from '#schemas/answers.ts';
import type { Cause } from '#schemas/envelope.ts';
import { taskCompleted } from '#schemas/events/tasks/task-completed.v1.ts';
import { taskCreated } from '#schemas/events/tasks/task-created.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';

interface TaskFacts {
  readonly id: string;
  readonly title: string;
  readonly externalId: string | null;
  readonly description: string;
  readonly assigneeId: string;
  readonly createdById: string;
  /**
   * The creator's name when the task was created. It is shown while the copy of the creator is
   * missing.
   */
  readonly createdByName: string;
  readonly createdAt: Date;
  /**
   * 1 after the creation; each assignment and the completion add one. It is also the `ce-sequence`
   * of the change's event.
   */
  readonly version: number;
}

export interface OpenTask extends TaskFacts {
  readonly status: 'open';
  readonly completedAt: null;
}

export interface DoneTask extends TaskFacts {
  readonly status: 'done';
  readonly completedAt: Date;
}

export type Task = OpenTask | DoneTask;

/**
 * Why a user may not complete a task; null if they may (TASK-7). Only its assignee completes it,
 * and only once. Ownership is checked before the status.
 */
export function refusalToComplete(task: Task, userId: string): 'not_your_task' | 'task_already_done' | null {
  if (task.assigneeId !== userId) return 'not_your_task';
  switch (task.status) {
    case 'done':
      return 'task_already_done';
    case 'open':
      return null;
    default:
      return task satisfies never;
  }
}

/**
 * The task after a shuffle drew its assignee (TASK-5). The same assignee counts as a new assignment
 * too.
 */
export function reassign(task: OpenTask, assigneeId: string): OpenTask {
  return { ...task, assigneeId, version: task.version + 1 };
}

/** The name of a user of whom only the id is known. */
export const UNKNOWN_NAME = 'unknown';

/** A task as clients see it. */
export type TaskView = AnswerOf<typeof taskAnswer>;

/** `names` are by user id. Users whose copy has not arrived are missing. */
export function viewTask(task: Task, names: ReadonlyMap<string, string>): TaskView {
  return {
    id: task.id,
    title: task.title,
    externalId: task.externalId,
    description: task.description,
    status: task.status,
    assignee: { id: task.assigneeId, name: names.get(task.assigneeId) ?? UNKNOWN_NAME },
    createdBy: { id: task.createdById, name: names.get(task.createdById) ?? task.createdByName },
    createdAt: task.createdAt.toISOString(),
    completedAt: task.completedAt?.toISOString() ?? null,
    version: task.version,
  };
}

/** All events of a task have its text, so a consumer of one event needs no other. */
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
