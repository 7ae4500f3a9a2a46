/** A task as clients see it (TASK-1). */
import { nullable, object, oneOf, string, time } from '#schemas/answers.ts';
import { id, whole } from '#schemas/params.ts';

export const person = object({ id: id(), name: string() });

export const task = {
  id: id(),
  title: string(),
  externalId: nullable(string()),
  description: string(),
  status: oneOf('open', 'done'),
  assignee: person,
  createdBy: person,
  createdAt: time(),
  /** Null while the task is open. */
  completedAt: nullable(time()),
  /** 1 after the creation; each assignment and the completion add one. */
  version: whole(1),
} as const;
