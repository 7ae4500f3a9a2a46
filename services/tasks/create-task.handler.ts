/**
 * Creates a task (TASK-1, TASK-2). The row, its first assignment and its event are one transaction.
 */
import { v7 as uuidv7 } from 'uuid';
import type { Database, Tx } from '#mixins/database/database.ts';
import { GroupCommit } from '#mixins/database/group-commit.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { ActionParams } from '#schemas/action.ts';
import type createAction from '#schemas/actions/tasks/create.ts';
import type { Cause } from '#schemas/envelope.ts';
import { invalidField, Problem } from '#schemas/errors.ts';
import { drawIndex, type WordSource } from './draw.ts';
import { newestPopulation, type PopulationVersion } from './population.store.ts';
import { insertTasks, type Named, type TaskDraft } from './task.store.ts';
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
  const creation = { draft, cause, nextWord };
  // Whether the task has its slot in the quota. It takes one, even if the transaction runs again.
  let hasSlot = false;
  const takeOneSlot = () => {
    if (quota !== undefined && !hasSlot) takeSlot(quota, actor.userId);
    hasSlot = true;
  };
  try {
    if (idempotency === null) {
      takeOneSlot();
      return await creationsIn(database).run(creation);
    }
    return await database.inTransaction((tx) =>
      withIdempotency(tx, idempotency, async () => {
        // The quota comes after the idempotency check, because a repeated request is answered in
        // any case.
        takeOneSlot();
        const [view] = await createAll(tx, [creation]);
        return view as TaskView;
      }),
    );
  } catch (error) {
    if (hasSlot) quota?.giveBack(actor.userId);
    throw error;
  }
}

/** A task to create, with the cause of its event and the randomness of its draw. */
interface Creation {
  readonly draft: TaskDraft;
  readonly cause: Cause;
  readonly nextWord: WordSource;
}

const groups = new WeakMap<Database, GroupCommit<Creation, TaskView>>();

/**
 * Concurrent requests share transactions, because one takes as long as inserting several tasks. A
 * request with a key has its own: its key is kept with its answer.
 */
function creationsIn(database: Database): GroupCommit<Creation, TaskView> {
  const group = groups.get(database) ?? new GroupCommit(database, createAll);
  groups.set(database, group);
  return group;
}

async function createAll(tx: Tx, creations: readonly Creation[]): Promise<TaskView[]> {
  const created = await insertDrawn(tx, creations);
  // The tasks are in the order of their creations.
  const causes = creations.map(({ cause }) => cause);
  await appendEvents(
    tx,
    created.map(({ task }, index) => createdEvent(task, causes[index] as Cause)),
  );
  return created.map(({ task, names }) => viewTask(task, names));
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
async function insertDrawn(tx: Tx, creations: readonly Creation[]): Promise<Named<OpenTask>[]> {
  const drawn = ({ size }: PopulationVersion) =>
    creations.map(({ draft, nextWord }) => ({ draft, seat: drawIndex(size, nextWord) }));
  const known = remembered.get(tx.database);
  if (known !== undefined) {
    const inserted = await insertTasks(tx, drawn(known), known, true);
    if (inserted.length > 0) return complete(inserted, creations.length, known);
  }
  const newest = await newestPopulation(tx);
  if (newest.size === 0) throw new Problem('nobody_assignable');
  remembered.set(tx.database, newest);
  return complete(await insertTasks(tx, drawn(newest), newest, false), creations.length, newest);
}

/** Throws where a seat has no holder. Then all of them are rolled back. */
function complete<Inserted>(inserted: Inserted[], count: number, { version }: PopulationVersion): Inserted[] {
  if (inserted.length !== count) throw new Error(`Population ${version} has an empty seat`);
  return inserted;
}
