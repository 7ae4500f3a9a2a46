/** Lists the open sessions of an account, page by page (AUTH-8). */
import type { Database } from '#mixins/database/database.ts';
import { isId, type Page, pageOf, placeIn } from '#mixins/lists.ts';
import type { session } from '#schemas/answers/session.ts';
import type { AnswerOf } from '#schemas/answers.ts';
import { openSessionsOf } from './session.store.ts';

type SessionView = AnswerOf<typeof session>;

/** `current` is the session of the request. Throws `invalid_cursor`. */
export async function listSessions(
  database: Database,
  userId: string,
  current: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<SessionView>> {
  const before = cursor === undefined ? null : placeIn(cursor, isId)[0];
  const rows = await openSessionsOf(database.newest, userId, before, limit + 1);
  const { items, nextCursor } = pageOf(rows, limit, ({ id }) => [id]);
  return {
    items: items.map(({ id, openedAt, usedAt, address, userAgent }) => ({
      id,
      openedAt: openedAt.toISOString(),
      usedAt: usedAt.toISOString(),
      address,
      userAgent,
      current: id === current,
    })),
    nextCursor,
  };
}
