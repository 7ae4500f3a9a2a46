/** Creates a task (TASK-1, TASK-2): the row, its first assignment and the event are one transaction. */
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../mixins/database/database.ts';
import { withIdempotency } from '../../mixins/database/idempotency.ts';
import type { Request } from '../../mixins/identity/request.ts';
import { appendEvents } from '../../mixins/outbox/append.ts';
import { Problem } from '../../schemas/errors.ts';
import { drawIndex, type WordSource } from './draw.ts';
import { newestPopulation } from './population.store.ts';
import { insertTask } from './task.store.ts';
import { type TaskView, viewTask } from './task.ts';
import { createdEvent } from './task-events.ts';
import { parseTitle } from './title.ts';
import { namesOf } from './user.store.ts';

export interface NewTask {
  readonly title: string;
  readonly description?: string | undefined;
}

/**
 * `nextWord` is the draw's randomness, from a cryptographic generator. Throws `validation_failed` for a title without text and
 * `nobody_assignable` where nobody is; nothing is written then.
 */
export async function createTask(
  database: Database,
  params: NewTask,
  { actor, cause, idempotency }: Request,
  nextWord: WordSource,
): Promise<TaskView> {
  const parsed = parseTitle(params.title);
  if (parsed.kind === 'refused') {
    const { code, message } = parsed;
    throw new Problem('validation_failed', message, { errors: [{ field: 'title', code, message }] });
  }
  const draft = {
    id: uuidv7(),
    title: parsed.title,
    externalId: parsed.externalId,
    description: params.description ?? '',
    createdById: actor.userId,
    createdByName: actor.name,
  };
  return database.inTransaction((tx) =>
    withIdempotency(tx, idempotency, async () => {
      // A seat of a version of the population, not a row of today's users: uniform and cheap, whoever comes and goes meanwhile.
      const { version, size } = await newestPopulation(tx);
      if (size === 0) throw new Problem('nobody_assignable');
      const task = await insertTask(tx, draft, drawIndex(size, nextWord), version);
      if (task === undefined) throw new Error(`Population ${version} has a seat that nobody holds`);
      await appendEvents(tx, [createdEvent(task, cause)]);
      return viewTask(task, await namesOf(tx, [task.assigneeId, task.createdById]));
    }),
  );
}
