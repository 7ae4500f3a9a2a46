/**
 * Checks within analytics (ANA-6): the figures of days must match their operations. Each check is
 * one statement.
 */
import { checkOf } from '#mixins/reconciliation/checks.store.ts';
import type { Check } from '#mixins/reconciliation/participant.ts';
import { dayText, LOWEST_UUID } from '#mixins/reconciliation/sql.ts';
import type { CheckPage, Difference } from '#schemas/reconciliation.ts';
import { EMPLOYEE, FEE, PAYOUT, REWARD, TASK } from '../projections/operation.ts';

/**
 * Days that one step checks, unless they take longer than the time below. A day with a million
 * operations takes half a second.
 */
const DAYS_A_STEP = 31;
const STEP_MS = 1_500;
/** Employees that one step checks: some hundred lines on each of their days. */
const OWNERS_A_STEP = 50;

interface Compared {
  readonly day: string;
  readonly figures: Readonly<Record<string, unknown>> | null;
  readonly operations: Readonly<Record<string, unknown>> | null;
  readonly same: boolean;
}

/** The next day after $1 with figures or operations, with both. */
const NEXT_DAY = `WITH next AS MATERIALIZED (
    SELECT least(
      (SELECT min(business_day) FROM live_day WHERE business_day > coalesce($1::date, '-infinity')),
      (SELECT min(business_day) FROM live_operation WHERE business_day > coalesce($1::date, '-infinity'))
    ) AS day
  ), top AS MATERIALIZED (
    SELECT amount, reference_id, reference_title, reference_external_id FROM live_operation
    WHERE business_day = (SELECT day FROM next) AND kind = '${REWARD}' AND reference_type = '${TASK}'
    ORDER BY amount DESC, occurred_at, reference_id COLLATE "C" LIMIT 1
  ), summed AS MATERIALIZED (
    SELECT count(*) AS lines, jsonb_build_object(
        'fees', coalesce(-sum(amount) FILTER (WHERE kind = '${FEE}'), 0), 'feeCount', count(*) FILTER (WHERE kind = '${FEE}'),
        'rewards', coalesce(sum(amount) FILTER (WHERE kind = '${REWARD}'), 0), 'rewardCount', count(*) FILTER (WHERE kind = '${REWARD}'),
        'payouts', coalesce(-sum(amount) FILTER (WHERE kind = '${PAYOUT}'), 0), 'payoutCount', count(*) FILTER (WHERE kind = '${PAYOUT}'),
        'others', coalesce(sum(amount) FILTER (WHERE kind NOT IN ('${FEE}', '${REWARD}', '${PAYOUT}')), 0),
        'otherCount', count(*) FILTER (WHERE kind NOT IN ('${FEE}', '${REWARD}', '${PAYOUT}')),
        'topTaskId', (SELECT reference_id FROM top), 'topReward', (SELECT amount FROM top),
        'topTitle', (SELECT reference_title FROM top), 'topExternalId', (SELECT reference_external_id FROM top)
      ) AS operations
    FROM live_operation WHERE business_day = (SELECT day FROM next)
  ), known AS MATERIALIZED (
    SELECT jsonb_build_object('fees', fees, 'feeCount', fee_count, 'rewards', rewards, 'rewardCount', reward_count, 'payouts', payouts,
      'payoutCount', payout_count, 'others', others, 'otherCount', other_count, 'topTaskId', top_task_id, 'topReward', top_reward,
      'topTitle', top_title, 'topExternalId', top_external_id) AS figures
    FROM live_day WHERE business_day = (SELECT day FROM next)
  )
  SELECT ${dayText('day')} AS day, (SELECT figures FROM known) AS figures, operations,
    coalesce((SELECT figures FROM known), operations) = operations AND (lines = 0 OR EXISTS (SELECT FROM known)) AS same
  FROM next CROSS JOIN summed WHERE day IS NOT NULL`;

const checkDays: Check = async (tx, after) => {
  const differences: Difference[] = [];
  const until = performance.now() + STEP_MS;
  let day = after;
  for (let days = 0; days < DAYS_A_STEP && performance.now() < until; days++) {
    const [next] = await tx.rows<Compared>(NEXT_DAY, [day]);
    if (next === undefined) return stepOf(differences, null);
    day = next.day;
    const { figures, operations } = next;
    if (next.same) continue;
    const message = `The figures of ${day} (${JSON.stringify(figures)}) are not those of its operations (${JSON.stringify(operations)})`;
    differences.push({ code: 'day_figures_wrong', message, businessDay: day, figures, operations });
  }
  return stepOf(differences, day);
};

function stepOf(differences: readonly Difference[], next: string | null): CheckPage {
  const counts = differences.length === 0 ? {} : { day_figures_wrong: differences.length };
  return { differences, counts, next };
}

/** The change of a day's number of employees below zero must match its employees' days. */
const checkBelowZeroByDay = checkOf(
  {
    parts: `wrong AS (
        SELECT 'below_zero_wrong' AS code, ${dayText('business_day')} AS "businessDay", coalesce(figures, 0) AS figures,
          coalesce(accounts, 0) AS accounts
        FROM (SELECT business_day, below_zero_change AS figures FROM live_day) AS day
        FULL JOIN (SELECT business_day, sum(change) AS accounts FROM live_account_day GROUP BY business_day) AS changed
          USING (business_day)
        WHERE coalesce(figures, 0) <> coalesce(accounts, 0)
      )`,
    order: '"businessDay"',
  },
  ({ businessDay, figures, accounts }) => ({
    message: `On ${businessDay} the number of employees below zero changed by ${figures} in the figures, but by ${accounts} in their accounts`,
    businessDay,
    figures,
    accounts,
  }),
);

/**
 * An employee's day must end with the balance of its newest line, and record whether that balance
 * crossed zero since the employee's previous day.
 */
const EMPLOYEE_DAYS = `step AS MATERIALIZED (
    SELECT owner_id AS id FROM live_account WHERE owner_id > coalesce($1::uuid, '${LOWEST_UUID}') AND owner_type = '${EMPLOYEE}'
    ORDER BY owner_id LIMIT ${OWNERS_A_STEP}
  ), newest AS (
    SELECT DISTINCT ON (owner_id, business_day) owner_id, business_day, sequence, balance_after FROM live_operation
    WHERE owner_type = '${EMPLOYEE}' AND owner_id = ANY (ARRAY(SELECT id FROM step)) ORDER BY owner_id, business_day, sequence DESC
  ), expected AS (
    SELECT *, (balance_after < 0)::integer - coalesce((lag(balance_after) OVER own < 0)::integer, 0) AS change
    FROM newest WINDOW own AS (PARTITION BY owner_id ORDER BY business_day)
  ), known AS (
    SELECT owner_id, business_day, sequence, balance_after, change::integer FROM live_account_day
    WHERE owner_id = ANY (ARRAY(SELECT id FROM step))
  ), wrong AS (
    SELECT 'employee_day_wrong' AS code, owner_id AS "employeeId", ${dayText('business_day')} AS "businessDay",
      CASE WHEN known.sequence IS NOT NULL
        THEN json_build_object('sequence', known.sequence, 'balanceAfter', known.balance_after, 'change', known.change) END AS known,
      CASE WHEN expected.sequence IS NOT NULL
        THEN json_build_object('sequence', expected.sequence, 'balanceAfter', expected.balance_after, 'change', expected.change) END AS expected
    FROM known FULL JOIN expected USING (owner_id, business_day)
    WHERE (known.sequence, known.balance_after, known.change) IS DISTINCT FROM (expected.sequence, expected.balance_after, expected.change)
  )`;

const checkEmployeeDays = checkOf(
  {
    parts: EMPLOYEE_DAYS,
    order: '"employeeId", "businessDay"',
    next: `SELECT CASE WHEN count(*) = ${OWNERS_A_STEP} THEN (array_agg(id ORDER BY id DESC))[1]::text END FROM step`,
  },
  ({ employeeId, businessDay, known, expected }) => ({
    message: `The day ${businessDay} of employee ${employeeId} ends with ${JSON.stringify(known)}, but its operations give ${JSON.stringify(expected)}`,
    employeeId,
    businessDay,
    figures: known,
    operations: expected,
  }),
);

export const analyticsChecks = {
  days: checkDays,
  'below-zero': checkBelowZeroByDay,
  'employee-days': checkEmployeeDays,
};
