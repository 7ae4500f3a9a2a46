/** A shuffle (TASK-5): a job that redraws every task that was open when the button was pressed. */
import { isId } from '#mixins/lists.ts';
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { shuffle as shuffleAnswer } from '#schemas/answers/shuffle.ts';
import type { AnswerOf } from '#schemas/answers.ts';
import type { Cause } from '#schemas/envelope.ts';
import { shuffleCompleted } from '#schemas/events/tasks/shuffle-completed.v1.ts';
import { shuffleRequested } from '#schemas/events/tasks/shuffle-requested.v1.ts';
import { drawIndex, seededWords } from '../draw.ts';
import type { Population } from '../population.ts';
import { UNKNOWN_NAME } from '../task.ts';

/** The name of the loop that runs shuffles, as in its dead letters. */
export const SHUFFLES = 'tasks-shuffles';

/** The version of a shuffle in the event of its request. */
const REQUESTED = 1;

/** A shuffle as clients see it. */
export type ShuffleView = AnswerOf<typeof shuffleAnswer>;

/** A shuffle as its table has it. */
export interface StoredShuffle extends Pick<ShuffleView, 'id' | 'status' | 'total' | 'done'> {
  /** The place in the order of requests. */
  readonly number: number;
  /** A user's id, or `operator:<user>@<host>`. */
  readonly requestedById: string;
  /** The user's name. Null for an operator, and for a user whose copy has not arrived. */
  readonly requesterIs: string | null;
  readonly requestedAt: Date;
  readonly completedAt: Date | null;
}

export function viewShuffle(shuffle: StoredShuffle): ShuffleView {
  const { id, status, total, done, requestedById, requesterIs, requestedAt, completedAt } = shuffle;
  const name = requesterIs ?? (isId(requestedById) ? UNKNOWN_NAME : requestedById);
  return {
    id,
    status,
    total,
    done,
    requestedBy: { id: requestedById, name },
    requestedAt: requestedAt.toISOString(),
    completedAt: completedAt?.toISOString() ?? null,
  };
}

/**
 * The event of a requested shuffle, with the requester and the time (AUD-1). It is the shuffle's
 * first version.
 */
export function requestedEvent(shuffle: StoredShuffle, cause: Cause): NewEvent<typeof shuffleRequested> {
  const data = {
    shuffleId: shuffle.id,
    requestedById: shuffle.requestedById,
    tasksOpen: shuffle.total,
    requestedAt: shuffle.requestedAt.getTime(),
  };
  return newEvent(shuffleRequested, shuffle.id, REQUESTED, data, cause);
}

/** The recorded data of a chunk, from which it can be drawn again. */
export interface Chunk {
  readonly seed: Uint8Array;
  readonly populationVersion: number;
  readonly drawn: number;
}

/**
 * Draws the assignees of a chunk's tasks, one for each call, in order of position. The draws are
 * independent (TASK-5).
 */
export function assigneeDraws(seed: Uint8Array, population: Population): () => string {
  const nextWord = seededWords(seed);
  return () => {
    const seat = drawIndex(population.members.length, nextWord);
    const userId = population.members[seat];
    if (userId === undefined) throw new RangeError(`Seat ${seat} has no holder`);
    return userId;
  };
}

/**
 * Maximum number of assignees in one event. At 41 bytes each (a UUID as text and a count) they stay
 * well below an event's 64 KiB.
 *
 * A shuffle over more people has several events: parts with the versions 2, 3, 4 … of the shuffle,
 * in one transaction. Each person is in exactly one part. So a consumer that works by person (a
 * digest for each) does not need the other parts.
 */
export const MAX_ASSIGNEES_AN_EVENT = 1_000;

/**
 * `byAssignee` is the number of tasks that each person was drawn for. There is at least one event,
 * even if nothing was drawn.
 */
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
 * Maximum milliseconds for which a chunk holds its row locks. A user who completes one of its tasks
 * may wait this long.
 */
export const MAX_HELD_MS = 50;
/**
 * Target in milliseconds. A busy disk or the garbage collector can make a chunk more than twice as
 * slow as the one before.
 */
const TARGET_HELD_MS = MAX_HELD_MS * 0.4;
/** Small enough to stay below the limit on a cold cache, which is what the first chunk meets. */
export const FIRST_CHUNK_SIZE = 32;
/**
 * A smaller chunk would hardly be faster: on a busy node, round trips and the commit take nearly all
 * of the time.
 */
const MIN_CHUNK_SIZE = 64;
/** A larger chunk would not be faster, and its events would need many megabytes of memory. */
const MAX_CHUNK_SIZE = 1_000;
/** Limits the effect of one unusually fast chunk. */
const MAX_GROWTH = 1.5;

/**
 * The number of tasks of the next chunk. It is the largest that keeps row locks short on this
 * machine at this moment. The last chunk had the limit `size`, drew `tasks` (≥ 1), and held its
 * locks for `heldMs`.
 */
export function nextChunkSize(size: number, tasks: number, heldMs: number): number {
  const fitting = (tasks * TARGET_HELD_MS) / Math.max(heldMs, 0.1);
  const next = Math.floor(Math.min(fitting, size * MAX_GROWTH));
  return Math.min(Math.max(next, MIN_CHUNK_SIZE), MAX_CHUNK_SIZE);
}
