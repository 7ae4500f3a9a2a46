/** Creates a task (TASK-1, TASK-2): the row, its first assignment and the event are one transaction. */
import { v7 as uuidv7 } from 'uuid';
import type { Database, Tx } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { invalidField, Problem } from '#schemas/errors.ts';
import { drawIndex, type WordSource } from './draw.ts';
import { newestPopulation, type PopulationVersion } from './population.store.ts';
import { insertTask, type Named, type TaskDraft } from './task.store.ts';
import { type OpenTask, type TaskView, viewTask } from './task.ts';
import { createdEvent } from './task-events.ts';
import type { TaskQuota } from './task-quota.ts';
import { parseTitle } from './title.ts';

export interface NewTask {
  readonly title: string;
  readonly description?: string | undefined;
}

/**
 * `nextWord` is the draw's randomness, from a cryptographic generator. Throws `validation_failed` for a title without text,
 * `too_many_requests` beyond the quota (default: none) and `nobody_assignable` where nobody is; nothing is written then.
 */
export async function createTask(
  database: Database,
  params: NewTask,
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
  const place = quota === undefined ? undefined : new Place(quota, actor.userId);
  return database
    .inTransaction((tx) =>
      withIdempotency(tx, idempotency, async () => {
        // Not before: a repetition is answered whatever the quota.
        place?.take();
        const { task, names } = await insertDrawn(tx, draft, nextWord);
        await appendEvents(tx, [createdEvent(task, cause)]);
        return viewTask(task, names);
      }),
    )
    .catch((error: unknown) => {
      place?.giveBack();
      throw error;
    });
}

/** A task's place in its creator's quota: taken once, also where its transaction is run again. */
class Place {
  readonly #quota: TaskQuota;
  readonly #userId: string;
  #taken = false;

  constructor(quota: TaskQuota, userId: string) {
    this.#quota = quota;
    this.#userId = userId;
  }

  take(): void {
    if (this.#taken) return;
    const seconds = this.#quota.take(this.#userId, Date.now());
    if (seconds > 0) {
      throw new Problem('too_many_requests', 'You have created as many tasks as you may within a minute', {
        retryAfter: seconds,
      });
    }
    this.#taken = true;
  }

  giveBack(): void {
    if (this.#taken) this.#quota.giveBack(this.#userId);
  }
}

/** The newest population that was read before, to be drawn from for as long as it is the newest: that spares asking for it each time. */
const remembered = new WeakMap<Database, PopulationVersion>();

/** A seat of a version of the population, not a row of today's users: uniform and cheap, whoever comes and goes meanwhile. */
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
  if (inserted === undefined) throw new Error(`Population ${newest.version} has a seat that nobody holds`);
  return inserted;
}
