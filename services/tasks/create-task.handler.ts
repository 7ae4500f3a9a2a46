/**
 * Creates a task (TASK-1, TASK-2). The row, its first assignment and its event are one transaction.
 */
import { v7 as uuidv7 } from 'uuid';
import type { Database, Tx } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { ActionParams } from '#schemas/action.ts';
import type createAction from '#schemas/actions/tasks/create.ts';
import { invalidField, Problem } from '#schemas/errors.ts';
import { drawIndex, type WordSource } from './draw.ts';
import { newestPopulation, type PopulationVersion } from './population.store.ts';
import { insertTask, type Named, type TaskDraft } from './task.store.ts';
import { createdEvent, type OpenTask, type TaskView, viewTask } from './task.ts';
import type { TaskQuota } from './task-quota.ts';
import { parseTitle } from './title.ts';

/**
 * `nextWord` is the randomness of the draw, from a cryptographic generator. Throws
 * `validation_failed` for an invalid title, `too_many_requests` beyond the quota (default: none),
 * and `nobody_assignable`. Nothing is written then.
 */
export async function createTask(
  database: Database,
  params: ActionParams<typeof createAction>,
  { actor, cause, idempotency }: Request,
  nextWord: WordSource,
  quota?: TaskQuota,
): Promise<TaskView> {
  const parsed = parseTitle(params.title);
  if (parsed.kind === 'refused') {
    const { code, message } = parsed;
    throw invalidField({ field: 'title', code, message }, message);
  }
  const draft = {
    id: uuidv7(),
    title: parsed.title,
    externalId: parsed.externalId,
    description: params.description ?? '',
    createdById: actor.userId,
    createdByName: actor.name,
  };
  // Whether the task has its slot in the quota. It takes one, even if the transaction runs again.
  let hasSlot = false;
  return database
    .inTransaction((tx) =>
      withIdempotency(tx, idempotency, async () => {
        // The quota comes after the idempotency check, because a repeated request is answered in
        // any case.
        if (quota !== undefined && !hasSlot) takeSlot(quota, actor.userId);
        hasSlot = true;
        const { task, names } = await insertDrawn(tx, draft, nextWord);
        await appendEvents(tx, [createdEvent(task, cause)]);
        return viewTask(task, names);
      }),
    )
    .catch((error: unknown) => {
      if (hasSlot) quota?.giveBack(actor.userId);
      throw error;
    });
}

function takeSlot(quota: TaskQuota, userId: string): void {
  const retryAfter = quota.take(userId, Date.now());
  if (retryAfter === 0) return;
  const detail = 'You have reached your limit of new tasks in a minute; try again later';
  throw new Problem('too_many_requests', detail, { retryAfter });
}

/**
 * The newest population that was read. Draws use it while it is the newest one, which saves a query
 * for each task.
 */
const remembered = new WeakMap<Database, PopulationVersion>();

/**
 * Draws a seat of a population version instead of a user's row. This is uniform and cheap, whoever
 * comes and goes meanwhile.
 */
async function insertDrawn(tx: Tx, draft: TaskDraft, nextWord: WordSource): Promise<Named<OpenTask>> {
  const known = remembered.get(tx.database);
  if (known !== undefined) {
    const inserted = await insertTask(tx, draft, drawIndex(known.size, nextWord), known, true);
    if (inserted !== undefined) return inserted;
  }
  const newest = await newestPopulation(tx);
  if (newest.size === 0) throw new Problem('nobody_assignable');
  remembered.set(tx.database, newest);
  const inserted = await insertTask(tx, draft, drawIndex(newest.size, nextWord), newest, false);
  if (inserted === undefined) throw new Error(`Population ${newest.version} has an empty seat`);
  return inserted;
}
