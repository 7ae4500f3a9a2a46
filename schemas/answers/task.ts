/** A task as clients see it (TASK-1). */
import { nullable, object, oneOf, string, time } from '#schemas/answers.ts';
import { id, whole } from '#schemas/params.ts';

export const person = object({ id: id(), name: string('Pip') });

export const task = {
  id: id(),
  title: string('Wash the cage'),
  externalId: nullable(string('POPUG-1')),
  description: string('With warm water.'),
  status: oneOf('open', 'done'),
  assignee: person,
  createdBy: person,
  createdAt: time(),
  /** Null while the task is open. */
  completedAt: nullable(time()),
  /** 1 after the creation; each assignment and the completion add one. */
  version: whole(1),
} as const;
