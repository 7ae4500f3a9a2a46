/**
 * The facts of accounting for the reconciliation (ANA-6): charges, rewards, prices, lines,
 * balances, figures of days, payouts.
 */
import { factSet } from '#mixins/reconciliation/facts.store.ts';
import type { FactSet } from '#mixins/reconciliation/participant.ts';
import {
  cutAt,
  daysIn,
  dayText,
  LINE_BOUNDS,
  LOWEST_UUID,
  lineGroup,
  NO_EXTRA,
  UNVERSIONED,
  UUID_FORM,
  uuidsIn,
} from '#mixins/reconciliation/sql.ts';
import { DAY_FIGURES } from '../days/day-view.store.ts';
import { payoutIdOf } from '../days/payout.ts';
import { nextLine } from './reconcile-pages.store.ts';

/** Accounts of the company and the bank have lower ids. */
const FIRST_OWNED = 1_000;

/**
 * The owner of the line: the user id, or type and id for owners other than employees. It is empty
 * if the posting has no owner's entry.
 */
const OWNER = `CASE WHEN owner_type = 'employee' THEN owner_id::text ELSE coalesce(owner_type || '/' || owner_id, '') END`;
const LINE = `json_build_object('amount', entry.amount, 'businessDay', ${dayText('posting.business_day')}, 'entryId', public_id)`;
/** The entry of the posting's owner. Postings without one are facts as well. */
const OWN_LEG = `LEFT JOIN entry ON entry.posting_id = posting.id AND entry.account_id >= ${FIRST_OWNED}
  LEFT JOIN account ON account.id = entry.account_id`;

/**
 * Selects postings under the keys `<prefix>:<uuid>…` by the index of keys. All prefixes have six
 * letters. The check of the journal finds keys of other forms.
 */
function keyed(prefix: string): string {
  return `posting.key >= '${prefix}:' || coalesce(range.low, '') AND posting.key < coalesce('${prefix}:' || range.high, '${prefix};')
    AND substr(posting.key, 8, 36) ~ '${UUID_FORM}'`;
}

const DAY_PAGES = `SELECT ${dayText('day')} AS high FROM business_day WHERE ${dayText('day')} >= coalesce($1::text, '')
  ORDER BY day OFFSET $2 LIMIT 1`;

/** Other services know a payout by this id. */
function withPayoutIds(payouts: FactSet): FactSet {
  return {
    ...payouts,
    async facts(tx, ranges, at) {
      const { facts, next } = await payouts.facts(tx, ranges, at);
      const named = facts.map((fact) => ({
        ...fact,
        extra: { payoutId: payoutIdOf(String(fact.extra?.key)) },
      }));
      return { facts: named, next };
    },
  };
}

export const accountingSets: Readonly<Record<string, FactSet>> = {
  charge: factSet({
    facts: `SELECT substr(posting.key, 8, 36) AS grp, substr(posting.key, 8, 36) || ' ' || substr(posting.key, 45) AS key,
        ${UNVERSIONED} AS version, ${OWNER} AS value, ${LINE} AS extra
      FROM posting ${OWN_LEG} WHERE ${keyed('charge')} AND ${cutAt('occurred_at')}`,
  }),
  reward: factSet({
    facts: `SELECT substr(posting.key, 8, 36) AS grp, substr(posting.key, 8) AS key, ${UNVERSIONED} AS version, ${OWNER} AS value,
        ${LINE} AS extra
      FROM posting ${OWN_LEG} WHERE ${keyed('reward')} AND ${cutAt('occurred_at')}`,
  }),
  price: factSet({
    facts: `SELECT reference_id::text AS grp, reference_id::text AS key, ${UNVERSIONED} AS version, fee || ' ' || reward AS value,
        ${NO_EXTRA} AS extra
      FROM price WHERE reference_type = 'task' AND ${uuidsIn('reference_id')}`,
    boundary: `SELECT reference_id::text AS high FROM price
      WHERE reference_type = 'task' AND reference_id >= coalesce($1::uuid, '${LOWEST_UUID}')
      ORDER BY reference_id OFFSET $2 LIMIT 1`,
  }),
  /** Uses the index of statements: the lines of an account in order of day and number. */
  line: {
    ...factSet({
      facts: `SELECT ${lineGroup('owner_type', 'owner_id', 'entry.business_day', 'account_sequence')} AS grp,
        ${lineGroup('owner_type', 'owner_id', 'entry.business_day', 'account_sequence')} AS key, ${UNVERSIONED} AS version,
        concat_ws(' ', coalesce(public_id::text, '-'), coalesce(kind, '-'), entry.amount, balance_after, reference_id) AS value,
        ${NO_EXTRA} AS extra
      FROM ${LINE_BOUNDS} CROSS JOIN account
      JOIN entry ON entry.account_id = account.id AND account_sequence IS NOT NULL
        AND (entry.business_day, account_sequence) >= (
          CASE WHEN (owner_type, owner_id) = (low_type, low_id) THEN low_day ELSE '-infinity' END,
          CASE WHEN (owner_type, owner_id) = (low_type, low_id) THEN low_sequence ELSE 0 END
        ) AND (entry.business_day, account_sequence) < (
          CASE WHEN (owner_type, owner_id) = (high_type, high_id) THEN high_day ELSE 'infinity' END,
          CASE WHEN (owner_type, owner_id) = (high_type, high_id) THEN high_sequence ELSE 0 END
        )
      LEFT JOIN posting ON posting.id = entry.posting_id
      WHERE (owner_type, owner_id) >= (low_type, low_id) AND (owner_type, owner_id) <= (high_type, high_id)
        AND ${cutAt('posting.occurred_at')}`,
    }),
    boundary: nextLine,
  },
  balance: factSet({
    facts: `SELECT owner_type || ' ' || owner_id AS grp, owner_type || ' ' || owner_id AS key, balance_version AS version,
        balance::text AS value, ${NO_EXTRA} AS extra
      FROM ${LINE_BOUNDS} CROSS JOIN account
      WHERE id >= ${FIRST_OWNED} AND balance_version > 0
        AND (owner_type, owner_id) >= (low_type, low_id) AND (owner_type, owner_id) < (high_type, high_id)`,
    boundary: `SELECT owner_type || ' ' || owner_id AS high
      FROM (SELECT $1::text AS low, NULL::text AS high) AS range CROSS JOIN ${LINE_BOUNDS} CROSS JOIN account
      WHERE (owner_type, owner_id) >= (low_type, low_id) ORDER BY owner_type, owner_id OFFSET $2 LIMIT 1`,
  }),
  /** The version of a day's figures is its number of lines. The figures of a closed day are final. */
  day: factSet({
    facts: `SELECT ${dayText('day')} AS grp, ${dayText('day')} AS key, lines AS version,
        concat_ws(' ', fees, rewards, payouts, total_paid) AS value, ${NO_EXTRA} AS extra
      FROM ${DAY_FIGURES} WHERE lines > 0 AND ${daysIn('day')}`,
    boundary: DAY_PAGES,
  }),
  closed_day: factSet({
    facts: `SELECT ${dayText('day')} AS grp, ${dayText('day')} AS key, ${UNVERSIONED} AS version,
        concat_ws(' ', fees, rewards, payouts, total_paid, carried_over, entries, head) AS value, ${NO_EXTRA} AS extra
      FROM business_day WHERE closed_at IS NOT NULL AND ${daysIn('day')}`,
    boundary: DAY_PAGES,
  }),
  /** A group is an employee, whose payouts are all in one group. */
  payout_mail: withPayoutIds(
    factSet({
      facts: `SELECT substr(posting.key, 8, 36) AS grp, substr(posting.key, 8, 36) || ' ' || substr(posting.key, 45) AS key,
        ${UNVERSIONED} AS version, coalesce((-entry.amount)::text, '-') AS value, json_build_object('key', posting.key) AS extra
      FROM posting ${OWN_LEG} WHERE ${keyed('payout')}`,
      boundary: `SELECT substr(key, 8, 36) AS high FROM posting WHERE key < 'payout;' AND key >= (
        SELECT left(key, 43) || ';' FROM posting WHERE key >= 'payout:' || coalesce($1::text, '') AND key < 'payout;'
        ORDER BY key OFFSET $2::integer - 1 LIMIT 1
      ) ORDER BY key LIMIT 1`,
    }),
  ),
};
