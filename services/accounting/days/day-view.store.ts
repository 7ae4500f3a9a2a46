/** Queries for clients: business days. */
import type { BusinessDay } from '#mixins/calendar.ts';
import type { Reader, Tx } from '#mixins/database/database.ts';
import type { ActionItem } from '#schemas/action.ts';
import type companyAction from '#schemas/actions/accounting/company.ts';
import type { day as dayAnswer, dayItem } from '#schemas/answers/day.ts';
import type { AnswerOf } from '#schemas/answers.ts';
import { blockOf } from '../seal/seal-view.store.ts';
import type { AskedDays } from './asked-days.query.ts';
import { balancesAt, dueAccounts } from './due.store.ts';

/** A business day as clients see it. */
export type DayView = AnswerOf<typeof dayAnswer>;
type DayItem = AnswerOf<typeof dayItem>;

/** Days with their figures: the final ones of closed days, and the sums so far of the others. */
export const DAY_FIGURES = `(
    SELECT day, ended_at, ended_by_id, settled_account_id, settled_at, closed_at, carried_over, debtors, debtors_account_id, head,
      CASE WHEN closed_at IS NULL THEN live.lines ELSE entries / 2 END AS lines,
      coalesce(business_day.fees, live.fees) AS fees, coalesce(business_day.rewards, live.rewards) AS rewards,
      coalesce(business_day.payouts, live.payouts) AS payouts, coalesce(business_day.total_paid, live.total_paid) AS total_paid,
      coalesce(business_day.others, live.others) AS others
    FROM business_day CROSS JOIN LATERAL (
      SELECT coalesce(sum(lines), 0)::bigint AS lines, coalesce(sum(fees), 0)::bigint AS fees,
        coalesce(sum(rewards), 0)::bigint AS rewards, coalesce(sum(payouts), 0)::bigint AS payouts,
        coalesce(sum(total_paid), 0)::bigint AS total_paid, coalesce(sum(income - expense), 0)::bigint AS others
      FROM day_total WHERE day_total.business_day = day
    ) AS live
  ) AS figures`;

/** A day with its totals. */
export interface DayTotals extends DayItem {
  /** Sum of the payouts that the close would still make now. */
  readonly due: number;
}

/** A row as the database has it. */
interface StoredDay extends Omit<DayTotals, 'endedAt' | 'closedAt'> {
  readonly endedAt: Date | null;
  readonly closedAt: Date | null;
}

/**
 * One statement reads days with their totals at one moment. Only the days that are not settled read
 * the accounts: their number grows with the people, not with the lines. Debtors that the closer has
 * counted are not counted again, unless a node of an older release has settled accounts without
 * counting.
 */
const DAYS = `
  SELECT day::text AS "businessDay",
    CASE WHEN ended_at IS NULL THEN 'open' WHEN closed_at IS NULL THEN 'closing' ELSE 'closed' END AS status,
    payouts, total_paid AS "totalPaid", due.people AS "toPay", due.amount AS due,
    (carried_over + debt.amount)::bigint AS "carriedOver", debtor.counted + debt.people AS debtors,
    fees, rewards, others, ended_at AS "endedAt", closed_at AS "closedAt",
    CASE WHEN ended_at IS NOT NULL THEN json_build_object('id', ended_by_id, 'name', (
      SELECT name FROM user_copy
      WHERE user_copy.id = CASE WHEN ended_by_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN ended_by_id::uuid END
    )) END AS "endedBy",
    head, ${blockOf('head')} AS block
  FROM ${DAY_FIGURES}
  CROSS JOIN LATERAL (
    SELECT count(*) AS people, coalesce(sum(balance), 0)::bigint AS amount
    FROM (${dueAccounts('figures.day', 'balance')}) AS account
  ) AS due
  CROSS JOIN LATERAL (
    SELECT CASE WHEN debtors_account_id = settled_account_id THEN debtors ELSE 0 END AS counted,
      CASE WHEN debtors_account_id = settled_account_id THEN settled_account_id ELSE 0 END AS counted_up_to
  ) AS debtor
  CROSS JOIN LATERAL (
    SELECT count(*) AS people, coalesce(-sum(balance) FILTER (WHERE id > figures.settled_account_id), 0) AS amount
    FROM (${balancesAt('figures.day', 'counted_up_to')}
      AND (figures.settled_at IS NULL OR debtors_account_id <> settled_account_id)) AS ended
    WHERE balance < 0
  ) AS debt`;

function totalsOf({ endedAt, closedAt, ...day }: StoredDay): DayTotals {
  return { ...day, endedAt: endedAt?.toISOString() ?? null, closedAt: closedAt?.toISOString() ?? null };
}

/** Undefined for a day that was never opened. */
export async function readDay(reader: Reader, day: BusinessDay): Promise<DayTotals | undefined> {
  const [row] = await reader.rows<StoredDay>(`${DAYS} WHERE day = $1::date`, [day]);
  return row && totalsOf(row);
}

/** Undefined before the very first day. */
export async function readToday(reader: Reader): Promise<DayTotals | undefined> {
  const [row] = await reader.rows<StoredDay>(`${DAYS} WHERE ended_at IS NULL`);
  return row && totalsOf(row);
}

/**
 * At most `limit` days of the range, both ends included, newest first. They come before `before`.
 */
export async function readDays(
  reader: Reader,
  range: AskedDays,
  before: BusinessDay | null,
  limit: number,
): Promise<DayTotals[]> {
  const rows = await reader.rows<StoredDay>(`${DAYS} ${IN_RANGE}`, [range.from, range.to, before, limit]);
  return rows.map(totalsOf);
}

const IN_RANGE = `WHERE day BETWEEN $1::date AND $2::date AND ($3::date IS NULL OR day < $3::date)
  ORDER BY day DESC LIMIT $4`;

/** What the close of a day would pay in total. */
export type PayoutTotals = Pick<DayView, 'payouts' | 'totalPaid'>;

/**
 * What the close of a day would pay in total, as things are now. It reads less than `readDay`,
 * because nobody can post meanwhile.
 */
export async function readPayoutTotals(tx: Tx, day: BusinessDay): Promise<PayoutTotals> {
  const [totals] = await tx.rows<PayoutTotals>(
    `SELECT payouts + due.people AS payouts, (total_paid + due.amount)::bigint AS "totalPaid"
     FROM ${DAY_FIGURES} CROSS JOIN (
       SELECT count(*) AS people, coalesce(sum(balance), 0) AS amount
       FROM (${dueAccounts('$1::date', 'balance')}) AS account
     ) AS due WHERE day = $1::date`,
    [day],
  );
  if (totals === undefined) throw new Error(`There is no business day ${day}`);
  return totals;
}

/** A day of the company (ACC-4). */
export type CompanyDay = ActionItem<typeof companyAction>;

/** The company's days of a range, as `readDays`. */
export function readCompanyDays(
  reader: Reader,
  range: AskedDays,
  before: BusinessDay | null,
  limit: number,
): Promise<CompanyDay[]> {
  return reader.rows<CompanyDay>(
    `SELECT day::text AS "businessDay", fees - rewards AS result, fees, rewards, total_paid AS payouts,
       closed_at IS NOT NULL AS closed
     FROM ${DAY_FIGURES} ${IN_RANGE}`,
    [range.from, range.to, before, limit],
  );
}
