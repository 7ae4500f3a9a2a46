/** Lists shuffles (TASK-5), page by page. */
import type { Database } from '#mixins/database/database.ts';
import { pageOf, placeIn } from '#mixins/lists.ts';
import type { ActionAnswer, ActionParams } from '#schemas/action.ts';
import type shuffles from '#schemas/actions/tasks/shuffles.ts';
import { listShuffles } from './shuffle.store.ts';
import { viewShuffle } from './shuffle.ts';

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

/** Throws `invalid_cursor`. */
export async function readShuffles(
  database: Database,
  { limit, cursor }: ActionParams<typeof shuffles>,
): Promise<ActionAnswer<typeof shuffles>> {
  const [before] = cursor === undefined ? [] : placeIn<[number]>(cursor, isNumber);
  const found = await listShuffles(database, limit + 1, before);
  const { items, nextCursor } = pageOf(found, limit, ({ number }) => [number]);
  return { items: items.map(viewShuffle), nextCursor };
}
