/**
 * Isolates bad items of shuffles. The items are tasks. A task that cannot be drawn keeps its
 * assignee, and the cursor moves past it. A shuffle that cannot be completed is an item as well,
 * and the next shuffle continues.
 */
import { v7 as uuidv7 } from 'uuid';
import type { Database, Tx } from '#mixins/database/database.ts';
import type { ItemWork } from '#mixins/loops/item-work.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { Problem } from '#schemas/errors.ts';
import { followPopulation } from '../population.store.ts';
import { EMPTY_POPULATION } from '../population.ts';
import { lockOpenTasks } from '../task.store.ts';
import { completeShuffle, drawChunk, type Pass, type ShuffleRunner } from './run-shuffle.handler.ts';
import { findRunning, insertShuffleOfOne, markCompleted, skipPosition } from './shuffle.store.ts';
import { requestedEvent, SHUFFLES } from './shuffle.ts';

/** Maximum number of tasks of a pass. The runner's own limit by time is lower. */
const TASKS_A_PASS = 1_000_000;

/** The subject of an item. Without a task it is the shuffle as a whole. */
type Item = {
  readonly shuffleId: string;
  readonly taskId?: string;
  readonly position?: number;
};

export function shufflesWork(database: Database, runner: ShuffleRunner): ItemWork<Pass> {
  return {
    name: SHUFFLES,
    database,
    most: TASKS_A_PASS,
    // The cursor would move past a waiting task.
    canWait: false,
    pass: (limit, took) => runner.runOnce(limit, took),
    async skip(tx, { data }) {
      const { shuffleId, position } = data as Item;
      if (position !== undefined) await skipPosition(tx, shuffleId, position);
    },
    async redrive(tx, { data }) {
      const { shuffleId, position } = data as Item;
      await (position === undefined ? completeNow(tx, shuffleId) : drawAlone(tx, shuffleId, position));
    },
    async discard(tx, { data }) {
      const { shuffleId, position } = data as Item;
      if (position === undefined) await markCompleted(tx, shuffleId);
    },
  };
}

async function completeNow(tx: Tx, shuffleId: string): Promise<void> {
  const shuffle = await findRunning(tx, shuffleId);
  if (shuffle === undefined)
    throw new Problem('conflict', `Shuffle ${shuffleId} is not running any more: discard this dead letter`);
  await completeShuffle(tx, shuffle);
}

/**
 * The shuffle has continued and may be completed. So a new one draws only this task, and the events
 * of both match what they drew.
 */
async function drawAlone(tx: Tx, likeId: string, position: number): Promise<void> {
  const [open] = await lockOpenTasks(tx, position - 1, position, 1);
  if (open === undefined)
    throw new Problem('conflict', 'The task is not open any more: discard this dead letter');
  const id = uuidv7();
  const pressed = await insertShuffleOfOne(tx, id, likeId, position);
  const shuffle = await findRunning(tx, id);
  if (pressed === undefined || shuffle === undefined) throw new Problem('not_found');
  const population = await followPopulation(tx, EMPTY_POPULATION);
  if (population.members.length === 0) throw new Problem('nobody_assignable');
  await appendEvents(tx, [requestedEvent(pressed, shuffle.cause)]);
  await drawChunk(tx, shuffle, population, 1);
}
