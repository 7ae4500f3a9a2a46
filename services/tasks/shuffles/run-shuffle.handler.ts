/**
 * Runs shuffles (TASK-5): one chunk, one transaction. It commits the new assignees, their history,
 * the events, the draw's data and the cursor together. So after a crash at any point, any node
 * continues after the last chunk.
 */
import { randomBytes } from 'node:crypto';
import type { Database, Tx } from '#mixins/database/database.ts';
import type { LoopItem, Took } from '#mixins/loops/item-work.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { SEED_BYTES } from '../draw.ts';
import { followPopulation, populationAt } from '../population.store.ts';
import { EMPTY_POPULATION, type Population } from '../population.ts';
import { type LockedTask, lockOpenTasks, nextOpenTask, reassignTasks } from '../task.store.ts';
import { type OpenTask, reassign, reassignedEvent } from '../task.ts';
import {
  findChunks,
  markCompleted,
  nextShuffle,
  type RunningShuffle,
  recordChunk,
  tryLockRunner,
} from './shuffle.store.ts';
import { assigneeDraws, completedEvents, FIRST_CHUNK_SIZE, nextChunkSize } from './shuffle.ts';

/** The result of one pass. */
export type Pass =
  /** No shuffle is running. */
  | { readonly outcome: 'idle' }
  /** Another node is running shuffles. */
  | { readonly outcome: 'standby' }
  | { readonly outcome: 'drawn'; readonly shuffleId: string; readonly tasks: number; readonly heldMs: number }
  | { readonly outcome: 'completed'; readonly shuffleId: string; readonly tasks: number };

/**
 * Chunks that one query reads when a shuffle is summed up. Their draws take a few milliseconds, so
 * the node still answers requests.
 */
const CHUNKS_A_PAGE = 50;

/**
 * Each node has one. It keeps the population in memory, by version, and the number of tasks that
 * fit into a chunk.
 */
export class ShuffleRunner {
  readonly #database: Database;
  readonly #maxChunkSize: number;
  #chunkSize: number;
  #population: Population = EMPTY_POPULATION;

  /** By default only the time limits a chunk. */
  constructor(database: Database, maxChunkSize = Number.POSITIVE_INFINITY) {
    this.#database = database;
    this.#maxChunkSize = maxChunkSize;
    this.#chunkSize = Math.min(FIRST_CHUNK_SIZE, this.#maxChunkSize);
  }

  /**
   * Draws one chunk of the next shuffle, of at most `limit` tasks, or completes the shuffle. It
   * calls `took` with the items of this pass: the tasks, or the shuffle.
   */
  async runOnce(limit = Number.POSITIVE_INFINITY, took: Took = () => {}): Promise<Pass> {
    let lockedAt = 0;
    const pass = await this.#database.inTransaction<Pass>(async (tx) => {
      if (!(await tryLockRunner(tx))) return { outcome: 'standby' };
      const shuffle = await nextShuffle(tx);
      if (shuffle === undefined) return { outcome: 'idle' };
      this.#population = await followPopulation(tx, this.#population);
      // Nobody can be drawn any more. The tasks drawn so far keep their new assignees, and the
      // others keep their old ones.
      if (this.#population.members.length === 0) return completeShuffle(tx, shuffle, took);
      lockedAt = performance.now();
      const chunkSize = Math.min(limit, this.#chunkSize);
      const tasks = await drawChunk(tx, shuffle, this.#population, chunkSize, took);
      if (tasks === 0) return completeShuffle(tx, shuffle, took);
      return { outcome: 'drawn', shuffleId: shuffle.id, tasks, heldMs: 0 };
    });
    if (pass.outcome !== 'drawn') return pass;
    // This measures from before the first lock to after the commit, which is slightly longer than
    // anyone could have waited.
    const heldMs = performance.now() - lockedAt;
    // A limited chunk does not show how long a larger one takes.
    if (limit >= this.#chunkSize) {
      this.#chunkSize = Math.min(nextChunkSize(this.#chunkSize, pass.tasks, heldMs), this.#maxChunkSize);
    }
    return { ...pass, heldMs };
  }
}

/** A task that a shuffle draws. */
function drawItem(
  shuffleId: string,
  { id: taskId, position }: Pick<LockedTask, 'id' | 'position'>,
): LoopItem {
  const data = { shuffleId, taskId, position };
  return { key: `${shuffleId}:${taskId}`, type: 'tasks.draw', subject: `task/${taskId}`, data };
}

/** The item of a shuffle whose tasks are all drawn. */
function shuffleItem({ id }: RunningShuffle): LoopItem {
  return { key: id, type: 'tasks.shuffle', subject: `shuffle/${id}`, data: { shuffleId: id } };
}

/** Returns the number of drawn tasks; 0 if there are none left. */
export async function drawChunk(
  tx: Tx,
  shuffle: RunningShuffle,
  population: Population,
  limit: number,
  took: Took = () => {},
): Promise<number> {
  // A task that stays locked fails in a chunk of one. It must be named before the wait for its
  // lock.
  if (limit === 1) {
    const next = await nextOpenTask(tx, shuffle.drawnPosition, shuffle.lastPosition);
    took(next.map((task) => drawItem(shuffle.id, task)));
  }
  const tasks = await lockOpenTasks(tx, shuffle.drawnPosition, shuffle.lastPosition, limit);
  took(tasks.map((task) => drawItem(shuffle.id, task)));
  const [first, last] = [tasks[0], tasks.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const seed = randomBytes(SEED_BYTES);
  const drawAssignee = assigneeDraws(seed, population);
  const drawnAt = last.lockedAt;
  const { cause } = shuffle;
  const reassigned: OpenTask[] = [];
  const events = tasks.map((task) => {
    const changed = reassign(task, drawAssignee());
    reassigned.push(changed);
    return reassignedEvent(changed, task.assigneeId, shuffle.id, drawnAt, cause);
  });
  await reassignTasks(tx, reassigned, shuffle.id, drawnAt);
  await appendEvents(tx, events);
  await recordChunk(tx, shuffle, {
    seed,
    populationVersion: population.version,
    firstPosition: first.position,
    lastPosition: last.position,
    drawn: tasks.length,
    drawnAt,
  });
  return tasks.length;
}

export async function completeShuffle(tx: Tx, shuffle: RunningShuffle, took: Took = () => {}): Promise<Pass> {
  took([shuffleItem(shuffle)]);
  const byAssignee = await countByAssignee(tx, shuffle.id);
  const completedAt = await markCompleted(tx, shuffle.id);
  await appendEvents(tx, completedEvents(shuffle, byAssignee, completedAt, shuffle.cause));
  return { outcome: 'completed', shuffleId: shuffle.id, tasks: shuffle.done };
}

/**
 * The number of tasks that each person was drawn for. It repeats the recorded draws. That takes a
 * second for a million tasks and reads one row a chunk. An index of assignments by shuffle would be
 * needed for nothing else.
 */
export async function countByAssignee(tx: Tx, shuffleId: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  let population = EMPTY_POPULATION;
  let after = 0;
  for (;;) {
    const chunks = await findChunks(tx, shuffleId, after, CHUNKS_A_PAGE);
    for (const { seed, drawn, number, populationVersion, populationSize } of chunks) {
      population = await populationAt(tx, population, { version: populationVersion, size: populationSize });
      const drawAssignee = assigneeDraws(seed, population);
      for (let n = 0; n < drawn; n++) {
        const userId = drawAssignee();
        counts.set(userId, (counts.get(userId) ?? 0) + 1);
      }
      after = number;
    }
    if (chunks.length < CHUNKS_A_PAGE) return counts;
  }
}
