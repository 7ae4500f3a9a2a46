/**
 * Invariants within the books (ANA-6, ACC-7): postings sum to zero, balances equal the sums of
 * their entries, lines follow the prices of tasks, and days are closed in time. Each step is one
 * statement and reads one snapshot, so concurrent postings do not matter.
 */
import { checkOf } from '#mixins/reconciliation/checks.store.ts';
import { dayText, GRACE, UUID_FORM } from '#mixins/reconciliation/sql.ts';
import { CLOSE } from '../days/close-day.store.ts';
import { BANK_ACCOUNT, COMPANY_ACCOUNT } from '../journal/journal.ts';

/** Postings, lines and accounts of one step, which takes about 100 ms. */
const POSTINGS_A_STEP = 10_000;
const LINES_A_STEP = 20_000;
const ACCOUNTS_A_STEP = 5_000;

/**
 * Conditions of a posting: two entries of one day that sum to zero; a key that fits the posting;
 * the price of its task. One entry is on an owner's account and has a number there. The other is on
 * the company's account, or the bank's for a payout.
 *
 * Accounts and prices are looked up line by line. A join compared each line with every price while
 * the statistics were outdated (measured: 10 s for 5,000 lines). The next reconciliation checks
 * postings that are committed behind a step's last one.
 */
const JOURNAL = `step AS MATERIALIZED (
    SELECT id FROM posting WHERE id >= coalesce($1::bigint, -9223372036854775808) ORDER BY id LIMIT ${POSTINGS_A_STEP} + 1
  ), bounds AS MATERIALIZED (
    SELECT coalesce($1::bigint, -9223372036854775808) AS low, CASE WHEN count(*) > ${POSTINGS_A_STEP} THEN max(id) END AS high FROM step
  ), legs AS MATERIALIZED (
    SELECT posting_id, count(*) AS legs, sum(amount) AS total, min(business_day) AS first_day, max(business_day) AS last_day,
      count(*) FILTER (WHERE account_id >= 1000 AND account_sequence IS NOT NULL) AS own,
      count(*) FILTER (WHERE account_id < 1000 AND account_sequence IS NULL) AS house, min(account_id) AS house_id,
      min(account_id) FILTER (WHERE account_id >= 1000) AS account_id, min(amount) FILTER (WHERE account_id >= 1000) AS amount
    FROM entry CROSS JOIN bounds WHERE posting_id >= low AND posting_id < coalesce(high, 9223372036854775807) GROUP BY posting_id
  ), judged AS (
    SELECT coalesce(posting.id, legs.posting_id) AS posting, posting.key, kind, posting.reference_id AS reference, legs.amount, legs.total,
      CASE kind WHEN 'fee' THEN -fee WHEN 'reward' THEN reward END AS price,
      CASE WHEN owner_type = 'employee' THEN account.owner_id::text ELSE owner_type || '/' || account.owner_id END AS owner,
      CASE WHEN coalesce(legs.total, 1) <> 0 THEN 'posting_unbalanced'
        WHEN posting.id IS NULL OR legs.legs <> 2 OR legs.own <> 1 OR legs.house <> 1
          OR legs.house_id <> CASE kind WHEN 'payout' THEN ${BANK_ACCOUNT} ELSE ${COMPANY_ACCOUNT} END
          OR legs.first_day <> posting.business_day OR legs.last_day <> posting.business_day OR NOT CASE kind
            WHEN 'fee' THEN coalesce(starts_with(key, 'charge:' || posting.reference_id || ':')
              AND substr(key, length(posting.reference_id) + 9) ~ '^[1-9][0-9]*$', false)
            WHEN 'reward' THEN key IS NOT DISTINCT FROM 'reward:' || posting.reference_id
            WHEN 'payout' THEN key IS NOT DISTINCT FROM 'payout:' || account.owner_id || ':' || ${dayText('posting.business_day')}
            ELSE NOT (starts_with(key, 'charge:') OR starts_with(key, 'reward:') OR starts_with(key, 'payout:'))
          END THEN 'posting_malformed'
        WHEN kind IN ('fee', 'reward') AND legs.amount IS DISTINCT FROM CASE kind WHEN 'fee' THEN -fee ELSE reward END
          THEN 'line_mispriced'
      END AS code
    FROM (
      SELECT posting.* FROM posting CROSS JOIN bounds WHERE id >= low AND id < coalesce(high, 9223372036854775807)
    ) AS posting
    FULL JOIN legs ON legs.posting_id = posting.id
    LEFT JOIN LATERAL (SELECT owner_type, owner_id FROM account WHERE id = legs.account_id LIMIT 1) AS account ON true
    LEFT JOIN LATERAL (
      SELECT fee, reward FROM price WHERE reference_type = 'task'
        AND reference_id = CASE WHEN posting.reference_id ~ '${UUID_FORM}' THEN posting.reference_id::uuid END LIMIT 1
    ) AS price ON kind IN ('fee', 'reward')
  ), wrong AS (SELECT * FROM judged WHERE code IS NOT NULL)`;

const checkJournal = checkOf(
  { parts: JOURNAL, order: 'posting', next: 'SELECT high::text FROM bounds' },
  ({ code, posting, key, kind, reference, owner, amount, total, price }) => {
    const what = `${kind ?? 'line'} of ${amount} for ${owner ?? 'nobody'} (posting ${posting}, key ${key})`;
    const messages: Readonly<Record<string, string>> = {
      posting_unbalanced: `The ${what} does not sum to zero, but to ${total}`,
      posting_malformed: `The ${what} does not have the form of a posting of its kind`,
      line_mispriced: `The ${what} is not at the price of its task, which is ${price}`,
    };
    const message = messages[code] ?? code;
    return { message, posting, key, kind, reference, owner, amount, total, price };
  },
);

/**
 * Each line has the number after that of the line before it. Its balance is that line's balance
 * plus its own amount.
 */
const CHAIN = `step AS MATERIALIZED (
    SELECT account_id, business_day, account_sequence, amount, balance_after FROM entry
    WHERE account_sequence IS NOT NULL AND (account_id, business_day, account_sequence) > (
      coalesce(split_part($1::text, ' ', 1)::bigint, 0), coalesce(split_part($1::text, ' ', 2)::date, '-infinity'),
      coalesce(split_part($1::text, ' ', 3)::bigint, 0)
    )
    ORDER BY account_id, business_day, account_sequence LIMIT ${LINES_A_STEP}
  ), chained AS (
    SELECT *, coalesce(lag(account_sequence) OVER own, CASE WHEN account_id = split_part($1::text, ' ', 1)::bigint
        THEN split_part($1::text, ' ', 3)::bigint END, 0) + 1 AS expected_sequence,
      coalesce(lag(balance_after) OVER own, CASE WHEN account_id = split_part($1::text, ' ', 1)::bigint
        THEN split_part($1::text, ' ', 4)::bigint END, 0) + amount AS expected_balance
    FROM step WINDOW own AS (PARTITION BY account_id ORDER BY business_day, account_sequence)
  ), wrong AS (
    SELECT 'line_out_of_chain' AS code, CASE WHEN owner_type = 'employee' THEN owner_id::text ELSE owner_type || '/' || owner_id END AS owner,
      account_sequence AS sequence, balance_after AS "balanceAfter", ${dayText('business_day')} AS "businessDay",
      expected_sequence AS "expectedSequence", expected_balance AS "expectedBalance"
    FROM chained LEFT JOIN account ON account.id = account_id
    WHERE account_sequence <> expected_sequence OR balance_after <> expected_balance
  )`;

const CHAIN_NEXT = `SELECT CASE WHEN count(*) = ${LINES_A_STEP} THEN
    (array_agg(concat_ws(' ', account_id, ${dayText('business_day')}, account_sequence, balance_after)
      ORDER BY account_id DESC, business_day DESC, account_sequence DESC))[1] END FROM step`;

const checkChain = checkOf(
  { parts: CHAIN, order: 'owner, sequence', next: CHAIN_NEXT },
  ({ owner, sequence, balanceAfter, businessDay, expectedSequence, expectedBalance }) => ({
    message: `Line ${sequence} of ${owner} on ${businessDay}, with the balance ${balanceAfter} after it, does not continue the line before it: expected line ${expectedSequence} with ${expectedBalance}`,
    owner,
    businessDay,
    line: { sequence, balanceAfter },
    expected: { sequence: expectedSequence, balanceAfter: expectedBalance },
  }),
);

/**
 * The account has the balance and the number of its newest line. If the lines form a correct chain,
 * that balance is the sum of the entries.
 */
const BALANCES = `step AS MATERIALIZED (
    SELECT id, owner_type, owner_id, balance, entry_count FROM account
    WHERE balance IS NOT NULL AND id > coalesce($1::bigint, 0) ORDER BY id LIMIT ${ACCOUNTS_A_STEP}
  ), wrong AS (
    SELECT 'balance_wrong' AS code, CASE WHEN owner_type = 'employee' THEN owner_id::text ELSE owner_type || '/' || owner_id END AS owner, balance,
      coalesce(balance_after, 0) AS entries, coalesce(account_sequence, 0) AS lines, entry_count AS "entryCount"
    FROM step LEFT JOIN LATERAL (
      SELECT balance_after, account_sequence FROM entry WHERE account_id = step.id AND account_sequence IS NOT NULL
      ORDER BY business_day DESC, account_sequence DESC LIMIT 1
    ) AS newest ON true
    WHERE balance <> coalesce(balance_after, 0) OR entry_count <> coalesce(account_sequence, 0)
  )`;

const checkBalances = checkOf(
  {
    parts: BALANCES,
    order: 'owner',
    next: `SELECT CASE WHEN count(*) = ${ACCOUNTS_A_STEP} THEN max(id)::text END FROM step`,
  },
  ({ owner, balance, entries, lines, entryCount }) => ({
    message: `The account of ${owner} says ${balance} after ${entryCount} lines, but its entries come to ${entries} after ${lines}`,
    owner,
    account: { balance, lines: entryCount },
    entries: { balance: entries, lines },
  }),
);

/** Overdue closes of days, and payouts that a close could not make. There are few at any time. */
const LATE = `wrong AS (
    SELECT 'day_unclosed' AS code, ${dayText('day')} AS "businessDay", NULL AS "ownerId" FROM business_day
    WHERE ended_at < clock_timestamp() - ${GRACE} AND closed_at IS NULL
    UNION ALL
    SELECT 'payout_unpaid', split_part(event_key, ':', 3), split_part(event_key, ':', 2) FROM dead_letter
    WHERE consumer = '${CLOSE}' AND status = 'open'
  )`;

const checkClose = checkOf(
  { parts: LATE, order: 'code, "businessDay", "ownerId"' },
  ({ code, businessDay, ownerId }) => {
    const messages: Readonly<Record<string, string>> = {
      day_unclosed: `Business day ${businessDay} has ended and is not closed`,
      payout_unpaid: `The close of ${businessDay} could not pay ${ownerId}; the balance is carried over`,
    };
    return { message: messages[code] ?? code, businessDay, ownerId };
  },
);

export const accountingChecks = {
  journal: checkJournal,
  chain: checkChain,
  balances: checkBalances,
  close: checkClose,
};
