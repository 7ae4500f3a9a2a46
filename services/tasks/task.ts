/** A task and what may happen to it (TASK-1, TASK-6, TASK-7). Who it is assigned to is drawn elsewhere; nobody chooses. */

interface TaskFacts {
  readonly id: string;
  readonly title: string;
  readonly externalId: string | null;
  readonly description: string;
  readonly assigneeId: string;
  readonly createdById: string;
  /** The creator's name when the task was made, for a creator of whom no copy has arrived. */
  readonly createdByName: string;
  readonly createdAt: Date;
  /** 1 when created; each assignment and the completion add one. Also `ce-sequence` of the change's event. */
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
 * TASK-7: what keeps someone from completing a task, null when nothing does: only its assignee completes it, and only
 * once. Whose it is comes before how it stands.
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

/** TASK-5: a shuffle drew the assignee of an open task again, maybe the same one; it counts as a new assignment all the same. */
export function reassign(task: OpenTask, assigneeId: string): OpenTask {
  return { ...task, assigneeId, version: task.version + 1 };
}

/** What nobody has a name for: a user of whom only the id is known yet. */
export const UNKNOWN_NAME = 'unknown';

export interface Person {
  readonly id: string;
  readonly name: string;
}

/** A task as clients see it. */
export interface TaskView {
  readonly id: string;
  readonly title: string;
  readonly externalId: string | null;
  readonly description: string;
  readonly status: Task['status'];
  readonly assignee: Person;
  readonly createdBy: Person;
  readonly createdAt: string;
  readonly completedAt: string | null;
  readonly version: number;
}

/** `names` by user id, of those whose copy has arrived. */
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
