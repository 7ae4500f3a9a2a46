/** Completes a task (TASK-6, TASK-7). */
import type { Database, Tx } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { Problem } from '#schemas/errors.ts';
import { completeOpenTask, findTask, type Named } from './task.store.ts';
import { completedEvent, type DoneTask, refusalToComplete, type TaskView, viewTask } from './task.ts';

/**
 * Number of attempts. A shuffle could take a task away and give it back between two reads, but
 * hardly this often.
 */
const MAX_ATTEMPTS = 5;

/**
 * Throws `not_found`, `not_your_task` or `task_already_done`, in this order. Nothing is written
 * then.
 */
export function completeTask(
  database: Database,
  id: string,
  { actor, cause, idempotency }: Request,
): Promise<TaskView> {
  return database.inTransaction((tx) =>
    withIdempotency(tx, idempotency, async () => {
      const { task, names } = await completeOrSayWhyNot(tx, id, actor.userId);
      await appendEvents(tx, [completedEvent(task, cause)]);
      return viewTask(task, names);
    }),
  );
}

/**
 * One conditional UPDATE decides, under the row's lock. Of two simultaneous requests one finds the
 * task open. Of a request and a shuffle, the first to lock the row wins. The reason of a refusal is
 * read afterwards, only for the client.
 */
async function completeOrSayWhyNot(tx: Tx, id: string, userId: string): Promise<Named<DoneTask>> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const done = await completeOpenTask(tx, id, userId);
    if (done !== undefined) return done;
    const task = await findTask(tx, id);
    if (task === undefined) throw new Problem('not_found');
    const refusal = refusalToComplete(task, userId);
    if (refusal !== null) throw new Problem(refusal);
  }
  throw new Problem('conflict', 'The task is being reassigned; try again');
}
