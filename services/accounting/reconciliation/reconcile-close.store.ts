/** Overdue closes of days, and payouts that a close could not make (ANA-6). */
import type { Check } from '#mixins/reconciliation/participant.ts';
import { dayText, GRACE } from '#mixins/reconciliation/sql.ts';
import { type Difference, MAX_CHECK_NAMED } from '#schemas/reconciliation.ts';
import { CLOSE } from '../days/close-day.store.ts';

/** There are few at any time, so one step finds them all. */
const LATE = `SELECT 'day_unclosed' AS code, ${dayText('day')} AS "businessDay", NULL AS "ownerId" FROM business_day
    WHERE ended_at < clock_timestamp() - ${GRACE} AND closed_at IS NULL
  UNION ALL
  SELECT 'payout_unpaid', split_part(event_key, ':', 3), split_part(event_key, ':', 2) FROM dead_letter
    WHERE consumer = '${CLOSE}' AND status = 'open'`;

interface Late {
  readonly code: string;
  readonly businessDay: string;
  readonly ownerId: string | null;
}

const MESSAGES: Readonly<Record<string, (late: Late) => string>> = {
  day_unclosed: ({ businessDay }) => `Business day ${businessDay} has ended and is not closed`,
  payout_unpaid: ({ businessDay, ownerId }) =>
    `The close of ${businessDay} could not pay ${ownerId}; the balance is carried over`,
};

export const checkClose: Check = async (tx) => {
  const named = await tx.rows<Late>(
    `SELECT code, "businessDay", "ownerId" FROM (
       SELECT *, row_number() OVER (PARTITION BY code ORDER BY "businessDay", "ownerId") AS place FROM (${LATE}) AS late
     ) AS placed WHERE place <= $1 ORDER BY code, place`,
    [MAX_CHECK_NAMED],
  );
  const counts = await tx.rows<{ code: string; count: number }>(
    `SELECT code, count(*) AS count FROM (${LATE}) AS late GROUP BY code`,
  );
  const differences = named.map((late): Difference => {
    const { code, ...rest } = late;
    return { code, message: MESSAGES[code]?.(late) ?? code, ...rest };
  });
  return {
    differences,
    counts: Object.fromEntries(counts.map(({ code, count }) => [code, Number(count)])),
    next: null,
  };
};
