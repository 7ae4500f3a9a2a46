/** What ended days still owe. */
import type { Tx } from '#mixins/database/database.ts';
import { IS_KNOWN } from '../accounts/user-copy.store.ts';
import type { Account } from '../journal/journal.ts';
import type { EndedDay } from './payout.ts';

export interface Owed {
  readonly ended: EndedDay;
  /** The number of lines of the account on that day. */
  readonly operations: number;
}

/**
 * The day on which each of these due and locked accounts is to be paid, by account id. It is the
 * oldest day since the account's newest line whose closer has not passed the account.
 *
 * The result leaves out accounts that no day pays now. Their owners are unknown (ACC-10), or became
 * known after every ended day had passed them. Their balance is carried over.
 *
 * The closer locks the accounts that it passes. So no account is paid twice, or after its day was
 * settled. Lines are numbered without gaps. So the last number before the day gives the number of
 * lines of the day, with one probe for each account.
 */
export async function readOwed(tx: Tx, accounts: readonly Account[]): Promise<ReadonlyMap<number, Owed>> {
  const days = await tx.rows<EndedDay & { accountIds: number[]; operations: number[] }>(OWED, [
    accounts.map(({ id }) => id),
    accounts.map(({ lastDay }) => lastDay),
    accounts.map(({ entryCount }) => entryCount),
    accounts.map(({ owner }) => owner.id),
  ]);
  return new Map(
    days.flatMap(({ accountIds, operations, ...ended }) =>
      accountIds.map((id, index): [number, Owed] => [id, { ended, operations: operations[index] ?? 0 }]),
    ),
  );
}

/** The columns of `business_day` that an `EndedDay` needs. */
export const ENDED_DAY_COLUMNS = `day::text AS day, ended_at AS "endedAt", json_build_object('actorId', ended_by_id,
  'actorAddress', ended_by_address, 'correlationId', correlation_id, 'causationId', NULL, 'traceparent', traceparent) AS cause`;

/** A row for each day, because most accounts are owed by the same one. */
const OWED = `
  SELECT ${ENDED_DAY_COLUMNS}, "accountIds", operations
  FROM (
    SELECT ended.day, json_agg(due.id) AS "accountIds",
      json_agg(due.entry_count - coalesce(before.account_sequence, 0)) AS operations
    FROM unnest($1::bigint[], $2::date[], $3::bigint[], $4::uuid[]) AS due (id, last_day, entry_count, owner_id)
    CROSS JOIN LATERAL (SELECT FROM user_copy WHERE user_copy.id = due.owner_id AND ${IS_KNOWN} LIMIT 1) AS known
    CROSS JOIN LATERAL (
      SELECT day FROM business_day
      WHERE day >= due.last_day AND ended_at IS NOT NULL AND closed_at IS NULL AND settled_at IS NULL AND settled_account_id < due.id
      ORDER BY day LIMIT 1
    ) AS ended
    LEFT JOIN LATERAL (
      SELECT account_sequence FROM entry
      WHERE entry.account_id = due.id AND entry.business_day < ended.day AND account_sequence IS NOT NULL
      ORDER BY business_day DESC, account_sequence DESC LIMIT 1
    ) AS before ON true
    GROUP BY ended.day
  ) AS owed
  JOIN business_day USING (day)`;
