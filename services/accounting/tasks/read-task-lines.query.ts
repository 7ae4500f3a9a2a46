/** Shows what a task costs and pays, and the lines about it (ACC-2, ACC-3). */
import type { Database } from '#mixins/database/database.ts';
import type { Actor } from '#mixins/identity/identity.ts';
import { pageOf, placeIn } from '#mixins/lists.ts';
import type { ActionAnswer, ActionParams } from '#schemas/action.ts';
import type taskAction from '#schemas/actions/accounting/task.ts';
import { Problem } from '#schemas/errors.ts';
import { seesAll } from '../accounts/ownership.ts';
import { lineOf } from '../accounts/statement.store.ts';
import { payoutIdOf } from '../days/payout.ts';
import { readTaskLines, readTaskPrice, type TaskLine } from './task-lines.store.ts';

type TaskAnswer = Omit<ActionAnswer<typeof taskAction>, 'currency'>;

/** Throws `invalid_cursor`, or `not_found` for a task without a price and without visible lines. */
export async function showTask(
  database: Database,
  actor: Actor,
  params: ActionParams<typeof taskAction>,
): Promise<TaskAnswer> {
  const taskId = params.taskId.toLowerCase();
  const [after] = params.cursor === undefined ? [0] : placeIn(params.cursor, isPosition);
  const owner = seesAll(actor) ? null : actor.userId.toLowerCase();
  const { price, hasLines } = await readTaskPrice(database, taskId, owner);
  if (price === null && !hasLines) throw new Problem('not_found');
  const rows = await readTaskLines(database, taskId, owner, after, params.limit + 1);
  const { items, nextCursor } = pageOf(rows, params.limit, ({ position }) => [position]);
  const shown = owner === null || hasLines ? price : null;
  const { fee, reward } = shown ?? { fee: null, reward: null };
  return { taskId, fee, reward, lines: items.map(taskLineOf), nextCursor };
}

function taskLineOf({ position: _, ...line }: TaskLine): TaskAnswer['lines'][number] {
  const { employee, block, payout, ...stored } = line;
  return {
    ...lineOf(stored),
    employee,
    block,
    payout: payout === null ? null : { id: payoutIdOf(payout.key), businessDay: payout.businessDay },
  };
}

const isPosition = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;
