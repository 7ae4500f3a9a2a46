/** The facts of analytics for the reconciliation (ANA-6), from the live generation. */
import { factSet } from '#mixins/reconciliation/facts.store.ts';
import type { FactSet } from '#mixins/reconciliation/participant.ts';
import {
  cutAt,
  daysIn,
  dayText,
  HIGHEST_UUID,
  LINE_BOUNDS,
  LOWEST_UUID,
  lineGroup,
  NO_EXTRA,
  UNVERSIONED,
  uuidsIn,
} from '#mixins/reconciliation/sql.ts';

const LINE = lineGroup('owner_type', 'owner_id', 'business_day', 'sequence');
export const analyticsSets: Readonly<Record<string, FactSet>> = {
  task: factSet({
    facts: `SELECT id::text AS grp, id::text AS key, task_copy.version, CASE WHEN done THEN 'done ' ELSE 'open ' END || assignee_id AS value,
        ${NO_EXTRA} AS extra
      FROM live_task_copy AS task_copy WHERE ${uuidsIn('id')}`,
  }),
  price: factSet({
    facts: `SELECT task_id::text AS grp, task_id::text AS key, ${UNVERSIONED} AS version, fee || ' ' || reward AS value, ${NO_EXTRA} AS extra
      FROM live_price WHERE ${uuidsIn('task_id')}`,
  }),
  /** For a range of one owner, or of one owner's day, PostgreSQL uses the owner's index. */
  line: factSet({
    facts: `SELECT ${LINE} AS grp, ${LINE} AS key, ${UNVERSIONED} AS version,
        concat_ws(' ', entry_id, kind, amount, balance_after, reference_id) AS value, ${NO_EXTRA} AS extra
      FROM ${LINE_BOUNDS} CROSS JOIN live_operation AS operation
      WHERE (owner_type, owner_id, business_day, sequence) >= (low_type, low_id, low_day, low_sequence)
        AND (owner_type, owner_id, business_day, sequence) < (high_type, high_id, high_day, high_sequence)
        AND owner_id >= CASE WHEN low_type = high_type THEN low_id ELSE '${LOWEST_UUID}' END
        AND owner_id <= CASE WHEN low_type = high_type THEN high_id ELSE '${HIGHEST_UUID}' END
        AND business_day >= CASE WHEN (low_type, low_id) = (high_type, high_id) THEN low_day ELSE '-infinity' END
        AND business_day <= CASE WHEN (low_type, low_id) = (high_type, high_id) THEN high_day ELSE 'infinity' END
        AND ${cutAt('occurred_at')}`,
  }),
  balance: factSet({
    facts: `SELECT owner_type || ' ' || owner_id AS grp, owner_type || ' ' || owner_id AS key, balance_version AS version,
        coalesce(balance::text, '-') AS value, ${NO_EXTRA} AS extra
      FROM ${LINE_BOUNDS} CROSS JOIN live_account
      WHERE balance_version > 0
        AND (owner_type, owner_id) >= (low_type, low_id) AND (owner_type, owner_id) < (high_type, high_id)`,
  }),
  /** A day's figures include its number of operations. */
  day: factSet({
    facts: `SELECT ${dayText('business_day')} AS grp, ${dayText('business_day')} AS key,
        fee_count + reward_count + payout_count + other_count AS version,
        concat_ws(' ', fees, rewards, payout_count, payouts) AS value, ${NO_EXTRA} AS extra
      FROM live_day WHERE fee_count + reward_count + payout_count + other_count > 0 AND ${daysIn('business_day')}`,
  }),
  closed_day: factSet({
    facts: `SELECT ${dayText('business_day')} AS grp, ${dayText('business_day')} AS key, ${UNVERSIONED} AS version,
        concat_ws(' ', fees, rewards, payouts, total_paid, carried_over, entries, head) AS value, ${NO_EXTRA} AS extra
      FROM live_closed_day WHERE ${daysIn('business_day')}`,
  }),
};
