/** Queries for clients: business days. */
import type { BusinessDay } from '#mixins/calendar.ts';
import type { Reader } from '#mixins/database/database.ts';
import type { ActionItem } from '#schemas/action.ts';
import type companyAction from '#schemas/actions/accounting/company.ts';
import type { day as dayAnswer } from '#schemas/answers/day.ts';
import type { AnswerOf } from '#schemas/answers.ts';
import { IS_KNOWN } from '../accounts/user-copy.store.ts';
import { EMPLOYEE } from '../journal/journal.ts';

/** A business day as clients see it. */
export type DayView = AnswerOf<typeof dayAnswer>;

/** Days with their figures: the final ones of closed days, and the sums so far of the others. */
export const DAY_FIGURES = `(
    SELECT day, ended_at, closed_at, carried_over, head, CASE WHEN closed_at IS NULL THEN live.lines ELSE entries / 2 END AS lines,
      coalesce(business_day.fees, live.fees) AS fees, coalesce(business_day.rewards, live.rewards) AS rewards,
      coalesce(business_day.payouts, live.payouts) AS payouts, coalesce(business_day.total_paid, live.total_paid) AS total_paid
    FROM business_day CROSS JOIN LATERAL (
      SELECT coalesce(sum(lines), 0)::bigint AS lines, coalesce(sum(fees), 0)::bigint AS fees,
        coalesce(sum(rewards), 0)::bigint AS rewards, coalesce(sum(payouts), 0)::bigint AS payouts,
        coalesce(sum(total_paid), 0)::bigint AS total_paid
      FROM day_total WHERE day_total.business_day = day
    ) AS live
  ) AS figures`;

/** Undefined for a day that was never opened. */
export async function readDay(
  reader: Reader,
  day: BusinessDay,
  currency: string,
): Promise<DayView | undefined> {
  const [view] = await reader.rows<Omit<DayView, 'currency'>>(
    `SELECT day::text AS "businessDay",
       CASE WHEN ended_at IS NULL THEN 'open' WHEN closed_at IS NULL THEN 'closing' ELSE 'closed' END AS status,
       payouts, total_paid AS "totalPaid", carried_over AS "carriedOver", head
     FROM ${DAY_FIGURES} WHERE day = $1::date`,
    [day],
  );
  return view && { ...view, currency };
}

/**
 * What the close of the day would pay and carry over, as things are now. It adds what is still due
 * to what the close has done so far. One statement reads all of it at one moment.
 *
 * An account is due if its newest line is of that day or before, and its owner is known. It is not
 * due if an earlier day will pay it, or the closer has passed it. An account with a later line is
 * dealt with: its last line up to that day shows whether it was paid or in debt.
 */
export async function readPreview(
  reader: Reader,
  day: BusinessDay,
): Promise<Pick<DayView, 'payouts' | 'totalPaid' | 'carriedOver'>> {
  const [preview] = await reader.rows<Pick<DayView, 'payouts' | 'totalPaid' | 'carriedOver'>>(
    `WITH paid AS (
       SELECT coalesce(sum(payouts), 0) AS payouts, coalesce(sum(total_paid), 0) AS total FROM day_total WHERE business_day = $1::date
     ), due AS (
       SELECT count(*) AS payouts, coalesce(sum(balance), 0) AS total FROM account JOIN user_copy ON user_copy.id = owner_id
       WHERE owner_type = $2 AND last_day <= $1::date AND balance > 0 AND ${IS_KNOWN} AND $1::date = (
         SELECT min(day) FROM business_day
         WHERE day >= last_day AND closed_at IS NULL AND settled_at IS NULL AND settled_account_id < account.id
       )
     ), ended AS (
       SELECT CASE WHEN last_day > $1::date THEN (
           SELECT balance_after FROM entry
           WHERE account_id = account.id AND entry.business_day <= $1::date AND account_sequence IS NOT NULL
           ORDER BY entry.business_day DESC, account_sequence DESC LIMIT 1
         ) ELSE balance END AS balance
       FROM account WHERE owner_type = $2 AND id > (SELECT settled_account_id FROM business_day WHERE day = $1::date)
     )
     SELECT coalesce(business_day.payouts, paid.payouts + due.payouts)::bigint AS payouts,
       coalesce(business_day.total_paid, paid.total + due.total)::bigint AS "totalPaid",
       (carried_over + (SELECT coalesce(-sum(balance), 0) FROM ended WHERE balance < 0))::bigint AS "carriedOver"
     FROM business_day, paid, due WHERE day = $1::date`,
    [day, EMPLOYEE],
  );
  if (preview === undefined) throw new Error(`There is no business day ${day}`);
  return preview;
}

/** A day of the company (ACC-4). */
export type CompanyDay = ActionItem<typeof companyAction>;

/**
 * At most `limit` days of the range, both ends included, newest first. They come before `before`.
 */
export function readCompanyDays(
  reader: Reader,
  range: { readonly from: BusinessDay; readonly to: BusinessDay },
  before: BusinessDay | null,
  limit: number,
): Promise<CompanyDay[]> {
  return reader.rows<CompanyDay>(
    `SELECT day::text AS "businessDay", fees - rewards AS result, fees, rewards, total_paid AS payouts,
       closed_at IS NOT NULL AS closed
     FROM ${DAY_FIGURES}
     WHERE day BETWEEN $1::date AND $2::date AND ($3::date IS NULL OR day < $3::date)
     ORDER BY day DESC LIMIT $4`,
    [range.from, range.to, before, limit],
  );
}
