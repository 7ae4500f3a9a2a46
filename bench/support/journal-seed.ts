/**
 * A journal of any size, made by set-based statements: every line is one that the service itself
 * could have booked.
 */
import pg from 'pg';
import { addressesOf } from '#mixins/database/address.ts';
import { loginAt, takeRole } from '#mixins/database/client.ts';
import type { Config } from '../../config.ts';

/** Lines are made in steps, each within the statement's time limit. */
const STEP = 100_000;

/** Ids of the employees that benches use, from 0. */
const EMPLOYEE = '0195c000-0000-7000-8001-';
export const employeeId = (n: number): string => `${EMPLOYEE}${String(n).padStart(12, '0')}`;

/** A `Database`, or anything else that runs statements in a transaction. */
export interface Seedable {
  inTransaction(
    work: (tx: { run(sql: string, bind?: readonly unknown[]): Promise<unknown> }) => Promise<void>,
  ): Promise<void>;
}

/**
 * Adds so many lines, half of them fees and half rewards, of two a task, in turn on all employees'
 * accounts, over 30 days.
 */
export async function seedJournal(database: Seedable, lines: number, employees: number): Promise<void> {
  await database.inTransaction(async (tx) => {
    await tx.run(
      `INSERT INTO account (owner_type, owner_id, balance) SELECT 'employee', id, 0 FROM unnest($1::uuid[]) AS id
       ON CONFLICT DO NOTHING`,
      [Array.from({ length: employees }, (_, n) => employeeId(n))],
    );
  });
  for (let from = 0; from < lines; from += STEP) {
    const to = Math.min(lines, from + STEP);
    await database.inTransaction(async (tx) => {
      await tx.run(
        `INSERT INTO price (reference_type, reference_id, fee, reward, currency)
         SELECT 'task', ('0194c000-0000-7000-8002-' || lpad(n::text, 12, '0'))::uuid, 1500, 3000, 'USD'
         FROM generate_series($1::int / 2, $2::int / 2 - 1) AS n`,
        [from, to],
      );
      await tx.run(SEED_LINES, [from, to, lines, employees]);
    });
  }
}

/** Does the work of autovacuum at once: statistics and visibility. Only the owner may do it. */
export async function vacuum(config: Config, service = 'accounting'): Promise<void> {
  const { owner } = addressesOf(config, service);
  const client = new pg.Client(loginAt(owner));
  await client.connect();
  await takeRole(client, owner);
  try {
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

/** $1 first line, $2 one beyond the last, $3 all lines, $4 employees. */
const SEED_LINES = `
  WITH drawn AS MATERIALIZED (
    SELECT nextval('posting_id_seq') AS posting_id, n, account.id AS account_id, balance, entry_count,
      '0194c000-0000-7000-8002-' || lpad((n / 2)::text, 12, '0') AS task_id, n % 2 = 0 AS is_fee,
      (SELECT day FROM business_day WHERE ended_at IS NULL) - 30 + (n * 30::bigint / $3::int)::int AS day
    FROM generate_series($1::int, $2::int - 1) AS n
    JOIN (
      SELECT id, balance, entry_count, row_number() OVER (ORDER BY id) - 1 AS place
      FROM account WHERE owner_type = 'employee' AND starts_with(owner_id::text, '${EMPLOYEE}')
    ) AS account ON account.place = n::bigint * 7919 % $4::int
  ), line AS MATERIALIZED (
    SELECT *, CASE WHEN is_fee THEN -1500 ELSE 3000 END::bigint AS amount,
      entry_count + row_number() OVER own AS sequence,
      balance + sum(CASE WHEN is_fee THEN -1500 ELSE 3000 END) OVER own AS balance_after
    FROM drawn WINDOW own AS (PARTITION BY account_id ORDER BY n)
  ), posted AS (
    INSERT INTO posting (id, public_id, key, kind, reference_type, reference_id, reference_title, business_day, occurred_at)
    SELECT posting_id, gen_random_uuid(), CASE WHEN is_fee THEN 'charge:' || task_id || ':1' ELSE 'reward:' || task_id END,
      CASE WHEN is_fee THEN 'fee' ELSE 'reward' END, 'task', task_id, 'Wash the cage', day, now()
    FROM line ORDER BY posting_id
  ), entered AS (
    INSERT INTO entry (posting_id, account_id, amount, business_day, account_sequence, balance_after)
    SELECT posting_id, leg.* FROM line CROSS JOIN LATERAL (VALUES
      (account_id, amount, day, sequence, balance_after::bigint), (1::bigint, -amount, day, NULL, NULL)
    ) AS leg ORDER BY posting_id
  )
  UPDATE account SET balance = newest.balance_after, entry_count = newest.sequence
  FROM (SELECT DISTINCT ON (account_id) * FROM line ORDER BY account_id, n DESC) AS newest
  WHERE account.id = newest.account_id`;
