/**
 * Shared parts of the tests of closing: people with balances, a database whose clock can be set,
 * and closers that fail.
 */
import { randomUUID } from 'node:crypto';
import type { BusinessDay } from '#mixins/calendar.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import { DatabaseLifecycle } from '#mixins/database/lifecycle.ts';
import type { Request } from '#mixins/identity/request.ts';
import type { Config } from '../../../config.ts';
import { keepUsers } from '../accounts/user-copy.store.ts';
import type { Books } from '../books.fixture.ts';
import { bookRequests } from '../requests/book-requests.handler.ts';
import type { PostingRequest } from '../requests/requested-posting.ts';
import { sealAll } from '../seal/seal.fixture.ts';
import { bookTasks } from '../tasks/book-tasks.handler.ts';
import { type EndRequest, endDay, previewClose, viewDay } from './close-day.handler.ts';
import type { DayView } from './day-view.store.ts';
import { type ClosePass, closeOnce } from './settle-day.handler.ts';

/** An accountant's request by hand. */
export function requestOf(idempotencyKey?: string): Request {
  const userId = '0195d000-0000-7000-8001-00000000acc0';
  return {
    actor: { userId, login: 'mia', name: 'Mia', roles: ['accountant'], sessionId: randomUUID() },
    cause: {
      actorId: userId,
      actorAddress: '192.0.2.9',
      correlationId: 'a-request',
      causationId: null,
      traceparent: null,
    },
    idempotency:
      idempotencyKey === undefined
        ? null
        : { userId, route: 'accounting.test', key: idempotencyKey, fingerprint: 'the same' },
  };
}

/** A delivered request of another service. `more` overrides its data. */
export function postingRequest(
  ownerId: string,
  amount: number,
  more: Partial<PostingRequest['data']> = {},
): PostingRequest {
  const requestId = more.requestId ?? randomUUID();
  return {
    id: randomUUID(),
    type: 'accounting.posting.requested.v1',
    source: 'canteen',
    subject: `request/${requestId}`,
    aggregateId: requestId,
    sequence: 1,
    time: new Date(),
    actorId: 'service:canteen',
    actorAddress: null,
    correlationId: 'a-test',
    causationId: null,
    traceparent: null,
    data: {
      requestId,
      ownerType: 'employee',
      ownerId,
      amount,
      currency: 'USD',
      kind: 'bonus',
      reason: 'For a song',
      referenceType: null,
      referenceId: null,
      referenceTitle: null,
      occurredAt: Date.UTC(2026, 2, 1, 12),
      ...more,
    },
  };
}

/** Makes employees known to accounting. They are paid only then. */
export function introduce(books: Pick<Books, 'database'>, ...ids: readonly string[]): Promise<void> {
  return books.database.inTransaction((tx) =>
    keepUsers(
      tx,
      ids.map((id) => ({ id, name: `Popug ${id.slice(-4)}`, version: 1 })),
    ),
  );
}

/** Books requests of other services in one batch, for employees whom accounting knows. */
export async function bookAll(books: Books, requests: readonly PostingRequest[]): Promise<void> {
  await introduce(books, ...requests.map(({ data }) => data.ownerId));
  await bookUnknown(books, requests);
}

/** Like `bookAll`, but makes nobody known. */
export function bookUnknown(books: Books, requests: readonly PostingRequest[]): Promise<void> {
  return books.database.inTransaction((tx) => bookRequests(requests, tx, books.platform));
}

/** Adds to an employee's balance. */
export function give(books: Books, ownerId: string, amount: number): Promise<void> {
  return bookAll(books, [postingRequest(ownerId, amount)]);
}

/** Ends a day by hand and shows it, or previews its close. */
export async function end(
  books: Books,
  day: string,
  dryRun = false,
  request: EndRequest = requestOf(),
): Promise<DayView> {
  if (dryRun) return previewClose(books.database, books.config, day);
  await endDay(books.database, books.config, day, request);
  return viewDay(books.database, books.config, day);
}

/**
 * Makes passes until no work is left, and seals the journal when a pass waits for it. Returns the
 * outcomes of the other passes.
 */
export async function closeAll(books: Books, accountsAChunk?: number): Promise<ClosePass['outcome'][]> {
  const outcomes: ClosePass['outcome'][] = [];
  for (;;) {
    const { outcome } = await closeOnce(books.database, books.config, accountsAChunk);
    if (outcome === 'idle') return outcomes;
    if (outcome === 'waiting') await sealAll(books.database);
    else outcomes.push(outcome);
  }
}

/**
 * The same database, but statement `n` of each transaction never runs, as if the process died
 * before it.
 */
export function dyingAt(database: Database, n: number): Database {
  return {
    ...database,
    inTransaction: (work) =>
      database.inTransaction((tx) => {
        let statements = 0;
        const count = () => {
          statements += 1;
          if (statements === n) throw new Died();
        };
        const dying: Tx = {
          ...tx,
          rows: (sql, bind) => {
            count();
            return tx.rows(sql, bind);
          },
          run: (sql, bind) => {
            count();
            return tx.run(sql, bind);
          },
        };
        return work(dying);
      }),
  };
}

export class Died extends Error {}

/**
 * Sets the clock that the service sees: PostgreSQL looks names up in the schema `public` first.
 * Open connections keep the old clock. So do not use `books` before, and use the returned database.
 */
export async function withClock(books: Books, now: string): Promise<ClockedBooks> {
  await books.asOwner('CREATE TABLE test_clock (now timestamptz NOT NULL)');
  await books.asOwner(`INSERT INTO test_clock VALUES ('${now}')`);
  await books.asOwner('GRANT SELECT ON test_clock TO PUBLIC');
  await books.asOwner(
    `CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT now FROM public.test_clock'`,
  );
  const [row] = await books.asOwner<{ name: string }>('SELECT current_database() AS name');
  await books.asOwner(`ALTER DATABASE ${row?.name} SET search_path = public, pg_catalog`);
  const { database, disconnect } = await connectBooks(books.config);
  return {
    ...books,
    database,
    book: (batch) => database.inTransaction((tx) => bookTasks(batch, tx, books.platform)),
    setClock: async (instant) => {
      await books.asOwner(`UPDATE test_clock SET now = '${instant}'`);
    },
    close: async () => {
      await disconnect();
      await books.close();
    },
  };
}

export interface ClockedBooks extends Books {
  setClock(instant: string): Promise<void>;
}

/** Connects to the database of a configuration, like a node of the service. */
export async function connectBooks(
  config: Config,
): Promise<{ database: Database; disconnect: () => Promise<void> }> {
  const migrations = new URL('../migrations/', import.meta.url);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const lifecycle = new DatabaseLifecycle({ config, service: 'accounting', migrations, log });
  return { database: await lifecycle.open(), disconnect: () => lifecycle.close() };
}

/** Number of employees whose lines one statement inserts within its time limit. */
const SEED_STEP = 10_000;

/**
 * Inserts this number of lines of the day for each employee, sealed, by set-based statements. Fees
 * and rewards alternate, so that two of three employees have a positive balance.
 */
export async function seedDay(
  database: Database,
  day: BusinessDay,
  employees: readonly string[],
  lines: number,
): Promise<void> {
  for (let from = 0; from < employees.length; from += SEED_STEP) {
    const ids = employees.slice(from, from + SEED_STEP);
    await database.inTransaction(async (tx) => {
      await tx.run(
        `INSERT INTO account (owner_type, owner_id, balance) SELECT 'employee', id, 0 FROM unnest($1::uuid[]) AS id
         ON CONFLICT DO NOTHING`,
        [ids],
      );
      await tx.run(
        `INSERT INTO user_copy (id, name, version) SELECT id, 'Popug', 1 FROM unnest($1::uuid[]) AS id
         ON CONFLICT DO NOTHING`,
        [ids],
      );
      await tx.run(SEED_LINES, [ids, day, lines]);
    });
    // In a real system the sealer keeps up.
    await sealAll(database);
  }
}

/** $1: number of employees; $2: the day; $3: lines of each employee. */
const SEED_LINES = `
  WITH line AS MATERIALIZED (
    SELECT nextval('posting_id_seq') AS posting_id, account.id AS account_id, entry_count + n AS sequence,
      CASE WHEN n % 2 = 0 AND account.id % 3 > 0 THEN 3000 ELSE -1500 END::bigint AS amount,
      balance + sum(CASE WHEN n % 2 = 0 AND account.id % 3 > 0 THEN 3000 ELSE -1500 END) OVER (PARTITION BY account.id ORDER BY n) AS balance_after
    FROM account, generate_series(1, $3::int) AS n WHERE owner_type = 'employee' AND owner_id = ANY ($1::uuid[])
  ), posted AS (
    INSERT INTO posting (id, public_id, key, kind, reference_type, reference_id, reference_title, business_day, occurred_at)
    SELECT posting_id, gen_random_uuid(), 'seed:' || posting_id, CASE WHEN amount < 0 THEN 'fee' ELSE 'reward' END, 'task',
      posting_id::text AS task, 'Wash the cage', $2::date, now()
    FROM line ORDER BY posting_id
  ), entered AS (
    INSERT INTO entry (posting_id, account_id, amount, business_day, account_sequence, balance_after)
    SELECT posting_id, leg.* FROM line CROSS JOIN LATERAL (VALUES
      (account_id, amount, $2::date, sequence, balance_after::bigint), (1::bigint, -amount, $2::date, NULL, NULL)
    ) AS leg ORDER BY posting_id
  ), summed AS (
    INSERT INTO day_total AS kept
    SELECT $2::date, 0, count(*), coalesce(-sum(amount) FILTER (WHERE amount < 0), 0), coalesce(sum(amount) FILTER (WHERE amount > 0), 0), 0, 0
    FROM line
    ON CONFLICT (business_day, shard) DO UPDATE SET lines = kept.lines + excluded.lines, fees = kept.fees + excluded.fees,
      rewards = kept.rewards + excluded.rewards
  )
  UPDATE account SET balance = newest.balance_after, entry_count = newest.sequence, last_day = $2::date
  FROM (SELECT DISTINCT ON (account_id) * FROM line ORDER BY account_id, sequence DESC) AS newest
  WHERE account.id = newest.account_id`;
