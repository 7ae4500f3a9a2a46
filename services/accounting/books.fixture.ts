/**
 * Shared parts of this service's tests: a database of their own, access as its owner, and the
 * content of the books.
 */
import pg from 'pg';
import { addressesOf } from '#mixins/database/address.ts';
import { loginAt, takeRole } from '#mixins/database/client.ts';
import type { Database } from '#mixins/database/database.ts';
import { DatabaseLifecycle } from '#mixins/database/lifecycle.ts';
import type { Platform } from '#mixins/platform.ts';
import { decodeEvent } from '#schemas/avro.ts';
import type { EventContract, EventData } from '#schemas/event.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { until } from '../../test/harness/wait.ts';
import { bookTasks } from './tasks/book-tasks.handler.ts';
import type { TaskDelivery } from './tasks/task-postings.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

export interface Books {
  readonly config: Config;
  readonly database: Database;
  readonly platform: Platform;
  book(batch: readonly TaskDelivery[]): Promise<void>;
  /** Runs a statement as the owner of the tables, to whom grants do not apply. */
  asOwner<Row extends object>(sql: string): Promise<Row[]>;
  close(): Promise<void>;
}

/** The migrated database of a fresh namespace. */
export async function openBooks(overrides: Partial<Config> = {}): Promise<Books> {
  const config = testConfig({ databasePoolSize: 12, ...overrides });
  const migrations = new URL('./migrations/', import.meta.url);
  const lifecycle = new DatabaseLifecycle({ config, service: 'accounting', migrations, log: quiet });
  const database = await lifecycle.open();
  const { owner } = addressesOf(config, 'accounting');
  const client = new pg.Client(loginAt(owner));
  await client.connect();
  await takeRole(client, owner);
  // There is neither bus nor identity: nothing here calls across the network.
  const platform = { config } as Platform;
  return {
    config,
    database,
    platform,
    book: (batch) => database.inTransaction((tx) => bookTasks(batch, tx, platform)),
    asOwner: async <Row extends object>(sql: string) => (await client.query(sql)).rows as Row[],
    async close() {
      await client.end();
      await lifecycle.close();
      await dropNamespace(config);
    },
  };
}

export interface BookedLine {
  readonly key: string;
  readonly owner: string;
  readonly amount: number;
  readonly sequence: number;
  readonly balance: number;
}

/** The owners' lines, account by account. */
export function linesOf(database: Database, ...owners: string[]): Promise<BookedLine[]> {
  return database.rows(
    `SELECT key, owner_id AS owner, amount, account_sequence AS sequence, balance_after AS balance
     FROM entry JOIN posting ON posting.id = posting_id JOIN account ON account.id = account_id
     WHERE account_sequence IS NOT NULL AND (cardinality($1::uuid[]) = 0 OR owner_id = ANY ($1::uuid[]))
     ORDER BY account_id, account_sequence`,
    [owners],
  );
}

/**
 * Broken invariants of the books; normally empty. Days may leave the given owners unpaid, because
 * accounting did not know them.
 */
export function brokenInvariants(
  database: Database,
  unknown: readonly string[] = [],
): Promise<{ what: string }[]> {
  return database.rows(
    `SELECT 'the sum of all entries is ' || sum(amount) AS what FROM entry HAVING sum(amount) <> 0
     UNION ALL
     SELECT 'posting ' || posting_id || ' sums to ' || sum(amount) FROM entry GROUP BY posting_id HAVING sum(amount) <> 0
     UNION ALL
     SELECT 'account ' || account.id || ' holds ' || balance || ', its lines ' || coalesce(sum(amount), 0)
     FROM account LEFT JOIN entry ON account_id = account.id
     WHERE balance IS NOT NULL
     GROUP BY account.id HAVING balance <> coalesce(sum(amount), 0) OR entry_count <> count(amount)
     UNION ALL
     SELECT 'account ' || account.id || ' sums ' || sums_charged || ' and ' || sums_earned
     FROM account LEFT JOIN (entry JOIN posting ON posting.id = posting_id)
       ON account_id = account.id AND entry.business_day = sums_day AND account_sequence BETWEEN sums_first AND sums_last
     WHERE sums_day IS NOT NULL
     GROUP BY account.id
     HAVING sums_charged <> coalesce(-sum(amount) FILTER (WHERE kind = 'fee'), 0)
       OR sums_earned <> coalesce(sum(amount) FILTER (WHERE kind = 'reward'), 0)
     UNION ALL
     SELECT 'line ' || account_sequence || ' of account ' || account_id || ' has ' || balance_after
     FROM (
       SELECT *, sum(amount) OVER lines AS balance, row_number() OVER lines AS number
       FROM entry WHERE account_sequence IS NOT NULL
       WINDOW lines AS (PARTITION BY account_id ORDER BY account_sequence)
     ) AS line
     WHERE balance_after <> balance OR account_sequence <> number
     UNION ALL
     SELECT 'payout ' || key || ' leaves ' || balance_after FROM posting JOIN entry ON posting_id = posting.id
     WHERE kind = 'payout' AND balance_after <> 0
     UNION ALL
     SELECT 'day ' || day || ' has ' || stored || ' instead of ' || booked FROM (
       SELECT day,
         CASE WHEN closed_at IS NULL
           THEN (SELECT (coalesce(sum(fees), 0), coalesce(sum(rewards), 0), coalesce(sum(payouts), 0), coalesce(sum(total_paid), 0))::text
             FROM day_total WHERE business_day = day)
           ELSE (fees::numeric, rewards::numeric, payouts::numeric, total_paid::numeric)::text END AS stored,
         (SELECT (coalesce(-sum(amount) FILTER (WHERE kind = 'fee'), 0), coalesce(sum(amount) FILTER (WHERE kind = 'reward'), 0),
             (count(*) FILTER (WHERE kind = 'payout'))::numeric, coalesce(-sum(amount) FILTER (WHERE kind = 'payout'), 0))::text
           FROM posting JOIN entry ON posting_id = posting.id
           WHERE posting.business_day = day AND account_sequence IS NOT NULL) AS booked
       FROM business_day
     ) AS figures WHERE stored <> booked
     UNION ALL
     SELECT 'day ' || day || ' carries over ' || carried_over || ' instead of ' || debts FROM (
       SELECT day, carried_over, (
         SELECT coalesce(-sum(balance_after), 0) FROM (
           SELECT DISTINCT ON (account_id) balance_after FROM entry JOIN account ON account.id = account_id
           WHERE business_day <= day AND account_sequence IS NOT NULL AND owner_type = 'employee'
           ORDER BY account_id, account_sequence DESC
         ) AS last WHERE balance_after < 0
       ) AS debts
       FROM business_day WHERE settled_at IS NOT NULL
     ) AS carried WHERE carried_over <> debts
     UNION ALL
     SELECT 'day ' || day || ' leaves ' || debtors || ' people in debt instead of ' || people FROM (
       SELECT day, debtors, (
         SELECT count(*) FROM (
           SELECT DISTINCT ON (account_id) balance_after FROM entry JOIN account ON account.id = account_id
           WHERE business_day <= day AND account_sequence IS NOT NULL AND owner_type = 'employee'
           ORDER BY account_id, account_sequence DESC
         ) AS last WHERE balance_after < 0
       ) AS people
       FROM business_day WHERE settled_at IS NOT NULL AND debtors_account_id = settled_account_id
     ) AS indebted WHERE debtors <> people
     UNION ALL
     SELECT 'day ' || day || ' has other lines of ' || stored || ' instead of ' || booked FROM (
       SELECT day, coalesce(others, 0) + (SELECT coalesce(sum(income - expense), 0) FROM day_total WHERE business_day = day) AS stored,
         (SELECT coalesce(sum(amount), 0) FROM posting JOIN entry ON posting_id = posting.id
           WHERE posting.business_day = day AND account_sequence IS NOT NULL AND kind NOT IN ('fee', 'reward', 'payout')) AS booked
       FROM business_day
     ) AS free WHERE stored <> booked
     UNION ALL
     SELECT 'account ' || account_id || ' ends day ' || business_day || ' with ' || balance_after FROM (
       SELECT DISTINCT ON (account_id, entry.business_day) account_id, entry.business_day, balance_after
       FROM entry JOIN account ON account.id = account_id
       WHERE account_sequence IS NOT NULL AND owner_type = 'employee' AND owner_id <> ALL ($1::uuid[])
       ORDER BY account_id, entry.business_day, account_sequence DESC
     ) AS last JOIN business_day ON day = business_day WHERE settled_at IS NOT NULL AND balance_after > 0
     UNION ALL
     SELECT 'day ' || day || ' leaves ' || unpaid || ' unpaid instead of ' || credits FROM (
       SELECT day, unpaid, (
         SELECT coalesce(sum(balance_after), 0) FROM (
           SELECT DISTINCT ON (account_id) balance_after FROM entry JOIN account ON account.id = account_id
           WHERE business_day <= day AND account_sequence IS NOT NULL AND owner_type = 'employee'
           ORDER BY account_id, account_sequence DESC
         ) AS last WHERE balance_after > 0
       ) AS credits
       FROM business_day WHERE settled_at IS NOT NULL
     ) AS left_over WHERE unpaid <> credits`,
    [unknown],
  );
}

/** The whole journal as text. It is equal before and after an operation that changes nothing. */
export async function journalText(database: Database): Promise<string> {
  const rows = await database.rows<{ text: string }>(
    `SELECT posting::text AS text FROM posting UNION ALL SELECT entry::text FROM entry
     UNION ALL SELECT account::text FROM account UNION ALL SELECT price::text FROM price ORDER BY text`,
  );
  return rows.map(({ text }) => text).join('\n');
}

export interface StoredEvent<C extends EventContract> {
  readonly subject: string;
  readonly sequence: number;
  readonly data: EventData<C>;
}

/** The events of a type in the outbox, in the order in which they were appended. */
export async function eventsIn<C extends EventContract>(
  database: Database,
  contract: C,
): Promise<StoredEvent<C>[]> {
  const rows = await database.rows<{ subject: string; sequence: number; payload: Buffer }>(
    'SELECT aggregate AS subject, sequence, payload FROM outbox WHERE type = $1 ORDER BY position',
    [contract.type],
  );
  return rows.map(({ subject, sequence, payload }) => ({
    subject,
    sequence,
    data: decodeEvent(contract, contract.schema, payload),
  }));
}

/** Resolves when this number of connections to the database waits for a lock. */
export function untilWaiting(database: Database, count: number): Promise<unknown> {
  return until(
    async () => {
      const rows = await database.rows(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length >= count;
    },
    { what: `${count} connections that wait for a lock` },
  );
}
