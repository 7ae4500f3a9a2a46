/** Queries for clients: what a task costs and pays, and the lines about it. */
import type { BusinessDay } from '#mixins/calendar.ts';
import type { Reader } from '#mixins/database/database.ts';
import { LINE_COLUMNS, type StoredLine } from '../accounts/statement.store.ts';
import { PAYOUT } from '../days/payout.ts';
import { EMPLOYEE } from '../journal/journal.ts';
import { blockAt } from '../seal/seal-view.store.ts';
import type { Price } from './price.ts';
import { FEE, REWARD, TASK } from './task-postings.ts';

/** A line about a task as the database has it. */
export interface TaskLine extends StoredLine {
  /** Position in the journal. */
  readonly position: number;
  readonly employee: { readonly id: string; readonly name: string };
  readonly block: number | null;
  /** Its business key, and the day that it is the payout of. */
  readonly payout: { readonly key: string; readonly businessDay: BusinessDay } | null;
}

/**
 * The positions of all postings about the task $1. Each part uses an index. The number of postings
 * is that of the task's assignments, and a few more.
 */
const ABOUT = `ARRAY(
    SELECT id FROM posting WHERE key >= 'charge:' || $1 || ':' AND key < 'charge:' || $1 || ';'
    UNION ALL SELECT id FROM posting WHERE key = 'reward:' || $1
    UNION ALL SELECT id FROM posting
      WHERE reference_type = '${TASK}' AND reference_id = $1 AND kind NOT IN ('${FEE}', '${REWARD}', '${PAYOUT}')
  )`;

/** Lines of one employee only, if `ownerId` is not null. */
const LINES = `FROM posting JOIN entry ON posting_id = posting.id AND account_sequence IS NOT NULL
  JOIN account ON account.id = account_id AND owner_type = '${EMPLOYEE}'
  WHERE posting.id = ANY (${ABOUT}) AND ($2::uuid IS NULL OR owner_id = $2)`;

/**
 * At most `limit` lines after the position `after`, in the order in which they were booked. A
 * payout's key has its day. So the first one from the day of a line on paid that line.
 */
export function readTaskLines(
  reader: Reader,
  taskId: string,
  ownerId: string | null,
  after: number,
  limit: number,
): Promise<TaskLine[]> {
  return reader.rows<TaskLine>(
    `SELECT line.*, ${blockAt('position')} AS block,
       (SELECT json_build_object('key', key, 'businessDay', business_day::text) FROM posting
        WHERE key >= 'payout:' || (employee ->> 'id') || ':' || "businessDay"
          AND key < 'payout:' || (employee ->> 'id') || ';'
        ORDER BY key LIMIT 1) AS payout
     FROM (
       SELECT ${LINE_COLUMNS}, posting.id AS position,
         json_build_object('id', owner_id, 'name', (SELECT name FROM user_copy WHERE id = owner_id)) AS employee
       ${LINES} AND posting.id > $3 ORDER BY posting.id LIMIT $4
     ) AS line ORDER BY position`,
    [taskId, ownerId, after, limit],
  );
}

/** The price of a task, and whether there are lines about it, of one employee or of all. */
export async function readTaskPrice(
  reader: Reader,
  taskId: string,
  ownerId: string | null,
): Promise<{ readonly price: Pick<Price, 'fee' | 'reward'> | null; readonly hasLines: boolean }> {
  const [row] = await reader.rows<{ fee: number | null; reward: number | null; hasLines: boolean }>(
    `SELECT fee, reward, EXISTS (SELECT ${LINES}) AS "hasLines"
     FROM (SELECT) AS always
     LEFT JOIN price ON reference_type = '${TASK}' AND reference_id = $1::text::uuid`,
    [taskId, ownerId],
  );
  if (row === undefined) throw new Error('One row was expected');
  const { fee, reward, hasLines } = row;
  return { price: fee === null || reward === null ? null : { fee, reward }, hasLines };
}
