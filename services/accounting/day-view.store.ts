/** What clients read of business days. */
import type { Database } from '../../mixins/database/database.ts';
import type { BusinessDay } from './day.ts';
import type { DayView } from './day-view.ts';
import { EMPLOYEE } from './journal.ts';

type Reader = Pick<Database, 'rows'>;

/** Undefined for a day that was never opened. */
export async function readDay(
  reader: Reader,
  day: BusinessDay,
  currency: string,
): Promise<DayView | undefined> {
  const [view] = await reader.rows<Omit<DayView, 'currency'>>(
    `SELECT day::text AS "businessDay",
       CASE WHEN ended_at IS NULL THEN 'open' WHEN closed_at IS NULL THEN 'closing' ELSE 'closed' END AS status,
       coalesce(business_day.payouts, live.payouts) AS payouts,
       coalesce(business_day.total_paid, live.total_paid) AS "totalPaid", carried_over AS "carriedOver", head
     FROM business_day, LATERAL (
       SELECT coalesce(sum(payouts), 0)::bigint AS payouts, coalesce(sum(total_paid), 0)::bigint AS total_paid
       FROM day_total WHERE business_day = day
     ) AS live
     WHERE day = $1::date`,
    [day],
  );
  return view && { ...view, currency };
}

/** What a close of the day would pay now, beyond what it has paid: those whose newest line is of that day. */
export async function readDue(
  reader: Reader,
  day: BusinessDay,
): Promise<{ payouts: number; totalPaid: number; debts: number }> {
  const [due] = await reader.rows<{ payouts: number; totalPaid: number; debts: number }>(
    `SELECT count(*) FILTER (WHERE balance > 0 AND last_day = $1::date) AS payouts,
       coalesce(sum(balance) FILTER (WHERE balance > 0 AND last_day = $1::date), 0)::bigint AS "totalPaid",
       coalesce(-sum(balance) FILTER (WHERE balance < 0), 0)::bigint AS debts
     FROM account WHERE owner_type = $2`,
    [day, EMPLOYEE],
  );
  return due ?? { payouts: 0, totalPaid: 0, debts: 0 };
}

/** A day of the company (ACC-4). */
export interface CompanyDay {
  readonly businessDay: BusinessDay;
  /** Fees less rewards, signed; minor units, as all. */
  readonly result: number;
  readonly fees: number;
  readonly rewards: number;
  /** Sum of what was paid out. */
  readonly payouts: number;
  readonly closed: boolean;
}

/** At most `limit` days from one to the other, both included, the newest first, those before `before`. */
export function readCompanyDays(
  reader: Reader,
  range: { readonly from: BusinessDay; readonly to: BusinessDay },
  before: BusinessDay | null,
  limit: number,
): Promise<CompanyDay[]> {
  return reader.rows<CompanyDay>(
    `SELECT day::text AS "businessDay", coalesce(business_day.fees, live.fees) - coalesce(business_day.rewards, live.rewards) AS result,
       coalesce(business_day.fees, live.fees) AS fees, coalesce(business_day.rewards, live.rewards) AS rewards,
       coalesce(business_day.total_paid, live.total_paid) AS payouts, closed_at IS NOT NULL AS closed
     FROM business_day, LATERAL (
       SELECT coalesce(sum(fees), 0)::bigint AS fees, coalesce(sum(rewards), 0)::bigint AS rewards,
         coalesce(sum(total_paid), 0)::bigint AS total_paid
       FROM day_total WHERE business_day = day
     ) AS live
     WHERE day BETWEEN $1::date AND $2::date AND ($3::date IS NULL OR day < $3::date)
     ORDER BY day DESC LIMIT $4`,
    [range.from, range.to, before, limit],
  );
}

/** The day that is open; null before the very first. */
export async function readNewestDay(reader: Reader): Promise<BusinessDay | null> {
  const [row] = await reader.rows<{ day: BusinessDay }>(
    'SELECT day::text AS day FROM business_day ORDER BY day DESC LIMIT 1',
  );
  return row?.day ?? null;
}
