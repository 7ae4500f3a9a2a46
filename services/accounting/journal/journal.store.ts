/** Accounts and the journal: sets of rows, one statement each. */
import type { BusinessDay } from '#mixins/calendar.ts';
import { prepared, type Tx } from '#mixins/database/database.ts';
import { defineRowSet } from '#mixins/database/row-set.ts';
import { PAYOUT } from '../days/payout.ts';
import { FEE, REWARD } from '../tasks/task-postings.ts';
import type { FreeTotals } from './free-postings.ts';
import { type Account, type Booking, type Line, type Owner, ownerKey } from './journal.ts';

/**
 * Creates the missing accounts. Returns the owners of the new ones. It inserts none that it finds,
 * because ON CONFLICT waits for every open transaction that has changed the balance of one.
 */
export function insertAccounts(tx: Tx, owners: readonly Owner[]): Promise<Owner[]> {
  // Every transaction inserts in this order. So two that open the same accounts cannot deadlock.
  const sorted = [...owners].sort((a, b) => (ownerKey(a) < ownerKey(b) ? -1 : 1));
  return tx.rows<Owner>(
    prepared(`INSERT INTO account (owner_type, owner_id, balance)
     SELECT type, id, 0 FROM unnest($1::text[], $2::uuid[]) AS owner (type, id)
     LEFT JOIN LATERAL (
       SELECT true AS found FROM account WHERE owner_type = owner.type AND owner_id = owner.id LIMIT 1
     ) AS account ON true
     WHERE found IS NULL
     ON CONFLICT DO NOTHING
     RETURNING owner_type AS type, owner_id AS id`),
    [sorted.map(({ type }) => type), sorted.map(({ id }) => id)],
  );
}

/**
 * Locks the accounts in id order and returns them by `ownerKey`. A booking must read everything
 * else in a later statement. What this one reads may be older than its locks (measured: a
 * redelivered line was counted twice).
 */
export async function lockAccounts(tx: Tx, owners: readonly Owner[]): Promise<ReadonlyMap<string, Account>> {
  const rows = await tx.rows<AccountRow>(
    prepared(`SELECT ${ACCOUNT_COLUMNS}
     FROM account
     WHERE account.id = ANY (ARRAY(
       SELECT account.id FROM unnest($1::text[], $2::uuid[]) AS owner (type, id)
       CROSS JOIN LATERAL (
         SELECT account.id FROM account WHERE owner_type = owner.type AND owner_id = owner.id LIMIT 1
       ) AS account
     ))
     ORDER BY account.id
     FOR NO KEY UPDATE`),
    [owners.map(({ type }) => type), owners.map(({ id }) => id)],
  );
  return byOwner(rows);
}

/** Like `lockAccounts`, by id. */
export async function lockAccountsById(
  tx: Tx,
  ids: readonly number[],
): Promise<ReadonlyMap<string, Account>> {
  return byOwner(await tx.rows<AccountRow>(BY_ID, [ids]));
}

/** Like `lockAccountsById`, but leaves out the accounts that other transactions have locked. */
export async function lockFreeAccountsById(
  tx: Tx,
  ids: readonly number[],
): Promise<ReadonlyMap<string, Account>> {
  return byOwner(await tx.rows<AccountRow>(FREE_BY_ID, [ids]));
}

interface AccountRow extends Omit<Account, 'owner'> {
  readonly ownerType: string;
  readonly ownerId: string;
}

const ACCOUNT_COLUMNS = `account.id, owner_type AS "ownerType", owner_id AS "ownerId", balance,
  entry_count AS "entryCount", balance_version AS "balanceVersion", last_day::text AS "lastDay"`;

const BY_ID = prepared(
  `SELECT ${ACCOUNT_COLUMNS} FROM account WHERE account.id = ANY ($1::bigint[]) ORDER BY account.id FOR NO KEY UPDATE`,
);
const FREE_BY_ID = prepared(`${BY_ID} SKIP LOCKED`);

function byOwner(rows: readonly AccountRow[]): ReadonlyMap<string, Account> {
  const accounts = rows.map(({ ownerType: type, ownerId: id, ...account }) => ({
    ...account,
    owner: { type, id },
  }));
  return new Map(accounts.map((account) => [ownerKey(account.owner), account]));
}

/**
 * Returns which of these keys are in the journal. Each key is one probe: a join would read the
 * whole journal for every batch.
 */
export async function bookedKeys(tx: Tx, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ key: string }>(
    prepared(`SELECT wanted.key FROM unnest($1::text[]) AS wanted (key)
     CROSS JOIN LATERAL (SELECT FROM posting WHERE posting.key = wanted.key LIMIT 1) AS booked`),
    [keys],
  );
  return new Set(rows.map(({ key }) => key));
}

/** The columns of a line with its posting, as `insertBooking` sends it. */
const LINES = defineRowSet<Line>({
  business_day: ['date', (line) => line.businessDay],
  public_id: ['uuid', ({ posting }) => posting.id],
  key: ['text', ({ posting }) => posting.key],
  kind: ['text', ({ posting }) => posting.kind],
  reference_type: ['text', ({ posting }) => posting.reference?.type ?? null],
  reference_id: ['text', ({ posting }) => posting.reference?.id ?? null],
  reference_title: ['text', ({ posting }) => posting.reference?.title ?? null],
  reference_external_id: ['text', ({ posting }) => posting.reference?.externalId ?? null],
  occurred_at: ['timestamptz', ({ posting }) => posting.occurredAt.toISOString()],
  note: ['text', ({ posting }) => posting.note],
  by_id: ['uuid', ({ posting }) => posting.by?.id ?? null],
  by_name: ['text', ({ posting }) => posting.by?.name ?? null],
  amount: ['bigint', ({ posting }) => posting.amount],
  counter_account_id: ['bigint', ({ posting }) => posting.counterAccountId],
  account_id: ['bigint', (line) => line.accountId],
  account_sequence: ['bigint', (line) => line.accountSequence],
  balance_after: ['bigint', (line) => line.balanceAfter],
});

/** The lines of a booking on an account's newest day. Sums are in minor units. */
interface DaySums {
  /** The number of the first of these lines in its account. */
  readonly first: number;
  /** The sum of the fees, positive. */
  readonly charged: number;
  readonly earned: number;
}

const CHANGED_ACCOUNTS = defineRowSet<Account & DaySums>({
  id: ['bigint', (account) => account.id],
  balance: ['bigint', (account) => account.balance],
  entry_count: ['bigint', (account) => account.entryCount],
  balance_version: ['bigint', (account) => account.balanceVersion],
  last_day: ['date', (account) => account.lastDay],
  first: ['bigint', (account) => account.first],
  charged: ['bigint', (account) => account.charged],
  earned: ['bigint', (account) => account.earned],
});

/**
 * Number of rows over which the sums of a day are spread. Each backend has its own row, as it runs
 * one transaction at a time. Backends whose process ids collide wait for each other's commits.
 */
const TOTAL_SHARDS = 1_024;

/** Postings that do not come from tasks or payouts. */
const FREE = `kind NOT IN ('${FEE}', '${REWARD}', '${PAYOUT}')`;

/** This is one statement, because a statement for each step would cost every batch a round trip. */
const BOOK = prepared(`
  WITH
  -- 1. The lines to book. Their postings get their internal ids here, as the entries refer to them.
  line AS MATERIALIZED (
    SELECT nextval('posting_id_seq') AS posting_id, given.*
    FROM ${LINES.from('given')}
  ),
  -- 2. A posting for each line. There is no ON CONFLICT: bookLines leaves out the keys that are
  --    booked, so one that exists here is a bug. The unique violation rolls back everything, and the
  --    batch is retried.
  posted AS (
    INSERT INTO posting (id, public_id, key, kind, reference_type, reference_id, reference_title,
      reference_external_id, business_day, occurred_at, note, by_id, by_name)
    SELECT posting_id, public_id, key, kind, reference_type, reference_id, reference_title,
      reference_external_id, business_day, occurred_at, note, by_id, by_name
    FROM line
  ),
  -- 3. Two entries for each posting, which sum to zero: the owner's, numbered and with the balance
  --    after it, and the one of the company or the bank, which has no balance row.
  entered AS (
    INSERT INTO entry (posting_id, account_id, amount, business_day, account_sequence, balance_after)
    SELECT line.posting_id, leg.account_id, leg.amount, line.business_day, leg.account_sequence, leg.balance_after
    FROM line CROSS JOIN LATERAL (VALUES
      (account_id, amount, account_sequence, balance_after),
      (counter_account_id, -amount, NULL, NULL)
    ) AS leg (account_id, amount, account_sequence, balance_after)
  ),
  -- 4. The sums of each day, in this backend's shard: one row for all would queue the bookings.
  summed AS (
    INSERT INTO day_total AS kept (business_day, shard, lines, fees, rewards, payouts, total_paid, income, expense)
    SELECT business_day, pg_backend_pid() % ${TOTAL_SHARDS}, count(*),
      coalesce(-sum(amount) FILTER (WHERE kind = '${FEE}'), 0),
      coalesce(sum(amount) FILTER (WHERE kind = '${REWARD}'), 0),
      count(*) FILTER (WHERE kind = '${PAYOUT}'),
      coalesce(-sum(amount) FILTER (WHERE kind = '${PAYOUT}'), 0),
      coalesce(sum(amount) FILTER (WHERE ${FREE} AND amount > 0), 0),
      coalesce(-sum(amount) FILTER (WHERE ${FREE} AND amount < 0), 0)
    FROM line GROUP BY business_day ORDER BY business_day
    ON CONFLICT (business_day, shard) DO UPDATE
    SET lines = kept.lines + excluded.lines, fees = kept.fees + excluded.fees,
      rewards = kept.rewards + excluded.rewards, payouts = kept.payouts + excluded.payouts,
      total_paid = kept.total_paid + excluded.total_paid, income = kept.income + excluded.income,
      expense = kept.expense + excluded.expense
  )
  -- 5. The balances of the accounts, which the transaction has locked. The sums of a day go on where
  --    they cover all lines of the account so far. Otherwise they begin anew.
  UPDATE account
  SET balance = changed.balance, entry_count = changed.entry_count,
    balance_version = changed.balance_version, last_day = changed.last_day,
    sums_day = changed.last_day, sums_last = changed.entry_count,
    (sums_first, sums_charged, sums_earned) = (
      SELECT CASE WHEN goes_on THEN sums_first ELSE changed.first END,
        CASE WHEN goes_on THEN sums_charged ELSE 0 END + changed.charged,
        CASE WHEN goes_on THEN sums_earned ELSE 0 END + changed.earned
      FROM (SELECT sums_day IS NOT DISTINCT FROM changed.last_day AND sums_last = account.entry_count AS goes_on) AS sums
    )
  FROM ${CHANGED_ACCOUNTS.from('changed', LINES.size + 1)}
  WHERE account.id = changed.id`);

/**
 * Writes postings, entries, balances and the sums of their days. Call it once in a transaction: it
 * locks the sums, for which the bookings of backends with the same shard wait.
 */
export async function insertBooking(tx: Tx, { lines, accounts }: Booking): Promise<void> {
  const changed = withSums(accounts, lines);
  await tx.run(BOOK, [...LINES.bind(lines), ...CHANGED_ACCOUNTS.bind(changed)]);
}

/**
 * The accounts with the fees and rewards of these lines on the day of their newest line. A join in
 * the statement would be a nested loop where the closer allows no other: 55,000 comparisons for 333
 * payouts, two fifths of the statement's time (measured).
 */
function withSums(accounts: readonly Account[], lines: readonly Line[]): (Account & DaySums)[] {
  const sums = new Map<number, DaySums & { readonly day: BusinessDay }>();
  for (const { accountId, businessDay: day, accountSequence: first, posting } of lines) {
    const before = sums.get(accountId);
    const sum = before?.day === day ? before : { day, first, charged: 0, earned: 0 };
    sums.set(accountId, withAmount(sum, posting));
  }
  return accounts.flatMap((account) => {
    const sum = sums.get(account.id);
    return sum === undefined ? [] : [{ ...account, ...sum }];
  });
}

function withAmount<Sums extends DaySums>(sums: Sums, { kind, amount }: Line['posting']): Sums {
  if (kind === FEE) return { ...sums, charged: sums.charged - amount };
  if (kind === REWARD) return { ...sums, earned: sums.earned + amount };
  return sums;
}

/**
 * What counts against the bounds of free postings at this moment. Postings of open transactions are
 * not included.
 */
export async function readFreeTotals(tx: Tx): Promise<FreeTotals> {
  const [totals] = await tx.rows<FreeTotals>(
    `WITH settled AS (
       SELECT day, carried_over, unpaid FROM business_day WHERE settled_at IS NOT NULL ORDER BY day DESC LIMIT 1
     )
     SELECT (coalesce(sum(income), 0) + coalesce((SELECT unpaid FROM settled), 0))::bigint AS income,
       (coalesce(sum(expense) FILTER (WHERE business_day > coalesce((SELECT day FROM settled), '-infinity')), 0)
         + coalesce((SELECT carried_over FROM settled), 0))::bigint AS expense
     FROM day_total`,
  );
  return totals ?? { income: 0, expense: 0 };
}
