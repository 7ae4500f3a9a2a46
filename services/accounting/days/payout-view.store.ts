/** Queries for clients: the payouts of a day. */
import type { BusinessDay } from '#mixins/calendar.ts';
import type { Reader } from '#mixins/database/database.ts';
import type { ActionItem } from '#schemas/action.ts';
import type payoutsAction from '#schemas/actions/accounting/payouts.ts';
import { EMPLOYEE } from '../journal/journal.ts';
import { dueAccounts } from './due.store.ts';
import { PAYOUT } from './payout.ts';

/** A payout with the key of its posting; null if it is only previewed. */
export type PayoutRow = Omit<ActionItem<typeof payoutsAction>, 'payoutId'> & { readonly key: string | null };

/**
 * At most `limit` payouts of a day after `place` (amount and user id), the highest first: those
 * that are booked, and those that the close would make now. One statement reads them at one moment.
 * It reads all payouts of the day, but lines only of those it returns: an account numbers its
 * lines, so the last one before the day gives their count and sum.
 */
export function readPayouts(
  reader: Reader,
  day: BusinessDay,
  place: readonly [number, string] | null,
  limit: number,
): Promise<PayoutRow[]> {
  return reader.rows<PayoutRow>(
    `WITH payout AS (
       SELECT owner_id, account.id, -amount AS amount, account_sequence - 1 AS lines, public_id, key
       FROM posting JOIN entry ON posting_id = posting.id AND account_sequence IS NOT NULL
       JOIN account ON account.id = account_id
       WHERE posting.business_day = $1::date AND kind = '${PAYOUT}' AND owner_type = '${EMPLOYEE}'
       UNION ALL
       ${dueAccounts('$1::date', 'owner_id, account.id, balance, entry_count, NULL, NULL')}
     ), page AS (
       SELECT * FROM payout WHERE $2::bigint IS NULL OR (-amount, owner_id) > (-$2::bigint, $3::uuid)
       ORDER BY -amount, owner_id LIMIT $4
     )
     SELECT owner_id AS "userId", name, lines - coalesce(before.number, 0) AS operations,
       page.amount - coalesce(before.balance, 0) AS earned, coalesce(before.balance, 0) AS "carriedIn",
       page.amount, public_id AS "entryId", key
     FROM page JOIN user_copy ON user_copy.id = owner_id
     LEFT JOIN LATERAL (
       SELECT account_sequence AS number, balance_after AS balance FROM entry
       WHERE account_id = page.id AND business_day < $1::date AND account_sequence IS NOT NULL
       ORDER BY business_day DESC, account_sequence DESC LIMIT 1
     ) AS before ON true
     ORDER BY -page.amount, owner_id`,
    [day, place?.[0] ?? null, place?.[1] ?? null, limit],
  );
}
