/**
 * An exchange of any size with as many tasks as charges, made by set-based statements in the
 * databases of three services, that reconciles.
 */
import { addressesOf } from '#mixins/database/address.ts';
import { withClient } from '#mixins/database/client.ts';
import type { Config } from '../../config.ts';
import { vacuum } from './journal-seed.ts';

/** Tasks are made in steps, each within the statement's time limit. */
const STEP = 50_000;
const FEE = 1_500;

const id = (kind: number, n: string) =>
  `('0194d000-0000-7000-800${kind}-' || lpad((${n})::text, 12, '0'))::uuid`;
const TASK = id(1, 'n');
const ENTRY = id(3, 'n');
/** $1 first task, $2 one beyond the last, $3 people; each is charged for every `$3`th task. */
const OWNER = id(2, 'n % $3::integer');
const SEQUENCE = 'n / $3::integer + 1';
const SERIES = 'generate_series($1::integer, $2::integer - 1) AS n';
const LONG_AGO = `now() - interval '1 hour'`;

const STATEMENTS: Readonly<Record<string, readonly string[]>> = {
  tasks: [
    `INSERT INTO task (id, title, description, assignee_id, created_by_id, created_by_name, created_at)
     SELECT ${TASK}, 'Wash the cage', '', ${OWNER}, ${OWNER}, 'Mia', ${LONG_AGO} FROM ${SERIES}`,
    `INSERT INTO assignment (task_id, version, assignee_id, assigned_at) SELECT ${TASK}, 1, ${OWNER}, ${LONG_AGO} FROM ${SERIES}`,
  ],
  accounting: [
    `INSERT INTO account (owner_type, owner_id, balance) SELECT DISTINCT 'employee', ${OWNER}, 0 FROM ${SERIES} ON CONFLICT DO NOTHING`,
    `INSERT INTO price (reference_type, reference_id, fee, reward, currency)
     SELECT 'task', ${TASK}, ${FEE}, 3000, 'USD' FROM ${SERIES} WHERE $3::integer > 0`,
    `WITH line AS MATERIALIZED (
       SELECT nextval('posting_id_seq') AS posting_id, n, account.id AS account_id, (SELECT day FROM business_day WHERE ended_at IS NULL) AS day
       FROM ${SERIES} JOIN account ON owner_type = 'employee' AND owner_id = ${OWNER}
     ), posted AS (
       INSERT INTO posting (id, public_id, key, kind, reference_type, reference_id, reference_title, business_day, occurred_at)
       SELECT posting_id, ${ENTRY}, 'charge:' || ${TASK} || ':1', 'fee', 'task', ${TASK}::text, 'Wash the cage', day, ${LONG_AGO} FROM line
     )
     INSERT INTO entry (posting_id, account_id, amount, business_day, account_sequence, balance_after)
     SELECT posting_id, leg.* FROM line CROSS JOIN LATERAL (VALUES
       (account_id, -${FEE}, day, ${SEQUENCE}, -${FEE} * (${SEQUENCE})), (1::bigint, ${FEE}, day, NULL, NULL)
     ) AS leg`,
    `INSERT INTO day_total AS kept SELECT day, 0, $2::integer - $1::integer, ${FEE} * ($2::integer - $1::integer), 0, 0, 0
     FROM business_day WHERE ended_at IS NULL AND $3::integer > 0
     ON CONFLICT (business_day, shard) DO UPDATE SET lines = kept.lines + excluded.lines, fees = kept.fees + excluded.fees`,
    `UPDATE account SET balance = newest.balance, entry_count = newest.lines, balance_version = newest.lines,
       last_day = (SELECT day FROM business_day WHERE ended_at IS NULL)
     FROM (SELECT ${OWNER} AS owner_id, max(${SEQUENCE}) AS lines, min(-${FEE} * (${SEQUENCE})) AS balance FROM ${SERIES} GROUP BY 1) AS newest
     WHERE account.owner_id = newest.owner_id`,
  ],
  analytics: [
    `INSERT INTO task_copy (slot, id, title, assignee_id, done, version) SELECT 1, ${TASK}, 'Wash the cage', ${OWNER}, false, 1 FROM ${SERIES}`,
    `INSERT INTO price (slot, task_id, fee, reward) SELECT 1, ${TASK}, ${FEE}, 3000 FROM ${SERIES} WHERE $3::integer > 0`,
    `INSERT INTO operation (slot, business_day, entry_id, owner_id, owner_type, sequence, kind, amount, balance_after, occurred_at, posted_at,
       reference_type, reference_id, reference_title)
     SELECT 1, $4::date, ${ENTRY}, ${OWNER}, 'employee', ${SEQUENCE}, 'fee', -${FEE}, -${FEE} * (${SEQUENCE}), ${LONG_AGO}, ${LONG_AGO},
       'task', ${TASK}::text, 'Wash the cage' FROM ${SERIES}`,
    `INSERT INTO account AS known (slot, owner_id, owner_type, balance, balance_version)
     SELECT 1, ${OWNER}, 'employee', min(-${FEE} * (${SEQUENCE})), max(${SEQUENCE}) FROM ${SERIES} GROUP BY 2
     ON CONFLICT (owner_id, owner_type, slot) DO UPDATE SET balance = excluded.balance, balance_version = excluded.balance_version`,
    `INSERT INTO account_day AS known (slot, owner_id, business_day, sequence, balance_after, change)
     SELECT 1, ${OWNER}, $4::date, max(${SEQUENCE}), min(-${FEE} * (${SEQUENCE})), 1 FROM ${SERIES} GROUP BY 2
     ON CONFLICT (owner_id, business_day, slot) DO UPDATE SET sequence = excluded.sequence, balance_after = excluded.balance_after`,
    `INSERT INTO day AS known (slot, business_day, fees, fee_count, below_zero_change)
     SELECT 1, $4::date, ${FEE} * ($2::integer - $1::integer), $2::integer - $1::integer, $3::integer
     ON CONFLICT (business_day, slot) DO UPDATE SET fees = known.fees + excluded.fees, fee_count = known.fee_count + excluded.fee_count`,
  ],
};

/**
 * `people` has to divide the size of a step, 50,000, and `tasks` to be a multiple of it. The
 * services have to have run once.
 */
export async function seedExchange(config: Config, tasks: number, people: number): Promise<void> {
  const [day] = await withClient(addressesOf(config, 'accounting').owner, (client) =>
    client.rows<{ day: string }>('SELECT day::text AS day FROM business_day WHERE ended_at IS NULL'),
  );
  for (const [service, statements] of Object.entries(STATEMENTS)) {
    await withClient(addressesOf(config, service).owner, async (client) => {
      for (let from = 0; from < tasks; from += STEP) {
        for (const statement of statements) {
          const bind = [from, from + STEP, people, ...(statement.includes('$4') ? [day?.day] : [])];
          await client.run(statement, bind);
        }
      }
    });
    await vacuum(config, service);
  }
}
