/** A shuffle (TASK-5): a job that draws every task again that was open when the button was pressed. */
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { Cause } from '#schemas/envelope.ts';
import { shuffleCompleted } from '#schemas/events/tasks/shuffle-completed.v1.ts';
import { shuffleRequested } from '#schemas/events/tasks/shuffle-requested.v1.ts';
import { drawIndex, seededWords } from '../draw.ts';
import type { Population } from '../population.ts';

/** The loop that runs shuffles, as its dead letters name it. */
export const SHUFFLES = 'tasks-shuffles';

/** The version of a shuffle that is told of by the press. */
const REQUESTED = 1;

interface ShuffleFacts {
  readonly id: string;
  /** A user's id, or `operator:<user>@<host>`. */
  readonly requestedById: string;
  /** Open tasks when the button was pressed; more if the creation of some was under way at that moment and they were drawn too. */
  readonly total: number;
  /** Tasks drawn so far. Fewer than `total` in the end if some were completed before the shuffle reached them (TASK-6). */
  readonly done: number;
}

export type Shuffle = ShuffleFacts &
  ({ readonly status: 'running' } | { readonly status: 'completed'; readonly completedAt: Date });

/** A shuffle as clients see it. */
export interface ShuffleView {
  readonly id: string;
  readonly status: Shuffle['status'];
  readonly total: number;
  readonly done: number;
}

export function viewShuffle({ id, status, total, done }: ShuffleView): ShuffleView {
  return { id, status, total, done };
}

/** A shuffle at the moment of the press. */
export interface PressedShuffle extends ShuffleView {
  readonly requestedById: string;
  readonly requestedAt: Date;
}

/** Who pressed, and when (AUD-1): the first version of the shuffle. */
export function requestedEvent(shuffle: PressedShuffle, cause: Cause): NewEvent<typeof shuffleRequested> {
  const data = {
    shuffleId: shuffle.id,
    requestedById: shuffle.requestedById,
    tasksOpen: shuffle.total,
    requestedAt: shuffle.requestedAt.getTime(),
  };
  return newEvent(shuffleRequested, shuffle.id, REQUESTED, data, cause);
}

/** What was recorded of a chunk: enough to draw it again. */
export interface Chunk {
  readonly seed: Uint8Array;
  readonly populationVersion: number;
  readonly drawn: number;
}

/** Draws the assignees of a chunk's tasks, one a call, in order of position (TASK-5: each independent of the others). */
export function assigneeDraws(seed: Uint8Array, population: Population): () => string {
  const nextWord = seededWords(seed);
  return () => {
    const seat = drawIndex(population.members.length, nextWord);
    const userId = population.members[seat];
    if (userId === undefined) throw new RangeError(`Nobody holds seat ${seat}`);
    return userId;
  };
}

/**
 * Assignees told of in one event: at 41 bytes each (a UUID as text and a count) 1,000 stay well below an event's 64 KiB. A shuffle
 * over more people is told in parts: events with the versions 2, 3, 4 … of the shuffle, in one transaction, each person in exactly
 * one of them, so that who reads them by person (a digest for each) needs no part but theirs.
 */
export const MAX_ASSIGNEES_AN_EVENT = 1_000;

/** `byAssignee`: how many tasks each person was drawn for. At least one event, also if nothing was drawn. */
export function completedEvents(
  shuffle: { readonly id: string; readonly requestedById: string; readonly done: number },
  byAssignee: ReadonlyMap<string, number>,
  completedAt: Date,
  cause: Cause,
): NewEvent<typeof shuffleCompleted>[] {
  const counts = [...byAssignee].map(([assigneeId, tasksDrawn]) => ({ assigneeId, tasksDrawn }));
  counts.sort((a, b) => (a.assigneeId < b.assigneeId ? -1 : 1));
  const parts = Math.max(1, Math.ceil(counts.length / MAX_ASSIGNEES_AN_EVENT));
  return Array.from({ length: parts }, (_, index) => {
    const data = {
      shuffleId: shuffle.id,
      requestedById: shuffle.requestedById,
      tasksDrawn: shuffle.done,
      byAssignee: counts.slice(index * MAX_ASSIGNEES_AN_EVENT, (index + 1) * MAX_ASSIGNEES_AN_EVENT),
      completedAt: completedAt.getTime(),
      part: index + 1,
      parts,
    };
    return newEvent(shuffleCompleted, shuffle.id, REQUESTED + 1 + index, data, cause);
  });
}

/**
 * Milliseconds that a chunk may hold its row locks: as long as somebody may wait who completes a
 * task of it.
 */
export const MAX_HELD_MS = 50;
/**
 * Milliseconds aimed at: a chunk is now and then more than twice as slow as the one before, when
 * the disk or the collector has its turn.
 */
const TARGET_HELD_MS = MAX_HELD_MS * 0.4;
/** Few enough to stay below the limit on a cold cache, where the first chunk runs. */
export const FIRST_CHUNK_SIZE = 32;
/** Fewer would not be faster: the commit alone then takes the time. */
const MIN_CHUNK_SIZE = 8;
/**
 * Beyond that the rate no longer rises, and events of a chunk would take many megabytes of memory.
 */
const MAX_CHUNK_SIZE = 1_000;
/** One lucky chunk must not make a far too long one. */
const MAX_GROWTH = 1.5;

/**
 * How many tasks a shuffle draws at a time: as many as keep their row locks short on this machine,
 * at this moment. The size of the next chunk after one of `size` that drew `tasks` (≥ 1) and held
 * its locks for `heldMs`.
 */
export function nextChunkSize(size: number, tasks: number, heldMs: number): number {
  const fitting = (tasks * TARGET_HELD_MS) / Math.max(heldMs, 0.1);
  const next = Math.floor(Math.min(fitting, size * MAX_GROWTH));
  return Math.min(Math.max(next, MIN_CHUNK_SIZE), MAX_CHUNK_SIZE);
}
