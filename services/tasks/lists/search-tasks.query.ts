/**
 * Searches a list of tasks for a text. A frequent text is found by scanning the list in its order,
 * a rare one by the index on text. Either way a request reads a bounded number of tasks, however
 * many there are.
 */
import type { Database } from '#mixins/database/database.ts';
import { findByText, hasGrams, withText } from './search.store.ts';
import type { Position, Spot, TaskList, TaskPage } from './task-list.store.ts';

/** Bounds of a search. */
const SEARCH_BOUNDS = {
  /** Tasks that the first statement scans. They fill the page of a very frequent text. */
  first: 100,
  /** Tasks that one further statement scans, in about 10 ms (measured). */
  chunk: 1_000,
  /**
   * Tasks that one request scans. Its page then ends, however many it has found. A text in one of
   * 150 tasks fills a page of 50.
   */
  most: 10_000,
  /**
   * A page also ends after this many milliseconds, so that it is answered in time on a busy system.
   */
  withinMs: 1_000,
  /** A text counts as frequent if the index finds this many tasks. */
  frequent: 2_000,
};

/** A text and the list to search. */
export interface Search {
  readonly database: Database;
  readonly list: TaskList;
  readonly text: string;
  /** The page begins after this position; null for the first page. */
  readonly start: Position | null;
  readonly limit: number;
}

/**
 * A page of the tasks that contain the text. It may have fewer than `limit` tasks, or none, without
 * being the last page.
 */
export async function searchTasks(search: Search, bounds = SEARCH_BOUNDS): Promise<TaskPage> {
  const { database, list, text, start, limit } = search;
  const endsAt = performance.now() + bounds.withinMs;
  const isOver = ({ atEnd, found }: Scan) => atEnd || found.length > limit;
  const mayContinue = ({ scanned }: Scan) => scanned < bounds.most && performance.now() < endsAt;
  const scanNext = (before: Scan, count: number) =>
    scanChunk(search, before, Math.min(count, bounds.most - before.scanned));
  let scan = await scanNext({ found: [], scanned: 0, last: null, atEnd: false }, bounds.first);
  // A text that the first tasks lack is probably rare, and the index finds it faster than a further
  // scan. For a frequent text the index is slow.
  if (!isOver(scan) && scan.found.length > 0 && mayContinue(scan)) scan = await scanNext(scan, bounds.chunk);
  if (!isOver(scan) && hasGrams(text)) {
    const ids = await findByText(database, text, bounds.frequent);
    if (ids !== undefined) return list.page(start, limit, ids);
  }
  while (!isOver(scan) && mayContinue(scan)) scan = await scanNext(scan, bounds.chunk);
  const found = scan.found.slice(0, limit);
  const tasks = await list.tasks(found.map(({ id }) => id));
  if (scan.found.length > limit) return { tasks, next: found.at(-1) ?? null };
  return { tasks, next: scan.atEnd ? null : scan.last };
}

/** The progress of a scan. */
interface Scan {
  readonly found: readonly Spot[];
  readonly scanned: number;
  readonly last: Spot | null;
  readonly atEnd: boolean;
}

/** Scans the next chunk of the list. */
async function scanChunk({ database, list, text, start }: Search, scan: Scan, chunk: number): Promise<Scan> {
  const spots = await list.spots(scan.last ?? start, chunk);
  const ids = spots.map(({ id }) => id);
  const holding = await withText(database, ids, text);
  return {
    found: [...scan.found, ...spots.filter(({ id }) => holding.has(id))],
    scanned: scan.scanned + spots.length,
    last: spots.at(-1) ?? scan.last,
    atEnd: spots.length < chunk,
  };
}
