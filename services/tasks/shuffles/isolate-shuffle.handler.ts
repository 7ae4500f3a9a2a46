/**
 * Isolates what a shuffle can't do. Its items are tasks: one that can't be drawn keeps its assignee, and the cursor moves behind it. A shuffle
 * that can't be completed is an item as well, and the next shuffle goes on.
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
import {
  causeOfShuffle,
  findRunning,
  insertShuffleOfOne,
  markCompleted,
  skipPosition,
} from './shuffle.store.ts';
import { requestedEvent, SHUFFLES } from './shuffle.ts';

/** The most tasks of a pass; the runner's own measure of time is lower. */
const TASKS_A_PASS = 1_000_000;

/** What an item is about; no task: the shuffle as a whole. */
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
    // The cursor would move behind a task that waits.
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
  if (shuffle === undefined) throw new Problem('conflict', `Shuffle ${shuffleId} is not running any more`);
  await completeShuffle(tx, shuffle);
}

/** The shuffle has gone on, and may be completed: a new one draws this task alone, so that both tell what they drew. */
async function drawAlone(tx: Tx, likeId: string, position: number): Promise<void> {
  const [open] = await lockOpenTasks(tx, position - 1, position, 1);
  if (open === undefined) throw new Problem('conflict', 'The task is not open any more: discard this letter');
  const id = uuidv7();
  const pressed = await insertShuffleOfOne(tx, id, likeId, position);
  const shuffle = await findRunning(tx, id);
  if (pressed === undefined || shuffle === undefined) throw new Problem('not_found');
  const population = await followPopulation(tx, EMPTY_POPULATION);
  if (population.members.length === 0) throw new Problem('nobody_assignable');
  await appendEvents(tx, [requestedEvent(pressed, causeOfShuffle(shuffle))]);
  await drawChunk(tx, shuffle, population, 1);
}
