/**
 * Searches a list of tasks for a text. Frequent texts are found by looking through the list in its order, rare ones by the index
 * on text; either way a request looks at a bounded number of tasks, however many there are.
 */
import type { Database } from '#mixins/database/database.ts';
import { findByText, hasGrams, withText } from './search.store.ts';
import type { Position, Spot, TaskList, TaskPage } from './task-list.store.ts';

/** Bounds of a search. */
export interface SearchBounds {
  /** Tasks that one statement looks through. */
  readonly chunk: number;
  /** Tasks that one request looks through; its page then ends, however many it has found. */
  readonly most: number;
  /** Milliseconds after which a page ends as well, so that it is answered in time on a busy system. */
  readonly withinMs: number;
  /** With so many tasks by the index a text counts as frequent. */
  readonly frequent: number;
}

/** Some 10 ms a chunk (measured). A text that is in one of 150 tasks fills a page of 50 within `most`. */
const SEARCH_BOUNDS: SearchBounds = {
  chunk: 1_000,
  most: 10_000,
  withinMs: 1_000,
  frequent: 2_000,
};

/** What is looked for, and where. */
export interface Search {
  readonly database: Database;
  readonly list: TaskList;
  readonly text: string;
  /** The page begins behind it; null: with the first task. */
  readonly start: Position | null;
  readonly limit: number;
}

/** A page of the tasks that hold the text. It may have fewer than `limit`, even none, and still not be the last. */
export async function searchTasks(search: Search, bounds: SearchBounds = SEARCH_BOUNDS): Promise<TaskPage> {
  const { database, list, text, start, limit } = search;
  const endsAt = performance.now() + bounds.withinMs;
  const isOver = ({ atEnd, found }: Walk) => atEnd || found.length > limit;
  const mayGoOn = ({ looked }: Walk) => looked < bounds.most && performance.now() < endsAt;
  let walk = await walkOn(search, { found: [], looked: 0, last: null, atEnd: false }, bounds.chunk);
  if (!isOver(walk) && hasGrams(text)) {
    const ids = await findByText(database, text, bounds.frequent);
    if (ids !== undefined) return list.page(start, limit, ids);
  }
  while (!isOver(walk) && mayGoOn(walk)) walk = await walkOn(search, walk, bounds.chunk);
  const found = walk.found.slice(0, limit);
  const tasks = await list.tasks(found.map(({ id }) => id));
  if (walk.found.length > limit) return { tasks, next: found.at(-1) ?? null };
  return { tasks, next: walk.atEnd ? null : walk.last };
}

/** How far the list was looked through. */
interface Walk {
  readonly found: readonly Spot[];
  readonly looked: number;
  readonly last: Spot | null;
  readonly atEnd: boolean;
}

/** Looks through the next chunk of the list. */
async function walkOn({ database, list, text, start }: Search, walk: Walk, chunk: number): Promise<Walk> {
  const spots = await list.spots(walk.last?.position ?? start, chunk);
  const ids = spots.map(({ id }) => id);
  const holding = await withText(database, ids, text);
  return {
    found: [...walk.found, ...spots.filter(({ id }) => holding.has(id))],
    looked: walk.looked + spots.length,
    last: spots.at(-1) ?? walk.last,
    atEnd: spots.length < chunk,
  };
}
