/** What the tests of closing share: people with balances, a database whose clock can be set, and closers that fail. */
import { randomUUID } from 'node:crypto';
import type { Config } from '../../config.ts';
import type { Database, Tx } from '../../mixins/database/database.ts';
import { DatabaseLifecycle } from '../../mixins/database/lifecycle.ts';
import type { Request } from '../../mixins/identity/request.ts';
import { bookRequests } from './book-requests.handler.ts';
import { bookTasks } from './book-tasks.handler.ts';
import type { Books } from './books.fixture.ts';
import { closeDay } from './close-day.handler.ts';
import type { DayView } from './day-view.ts';
import type { PostingRequest } from './requested-posting.ts';
import { sealAll } from './seal.fixture.ts';
import { type ClosePass, closeOnce } from './settle-day.handler.ts';

/** A request by hand of an accountant. */
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

/** A request of another service as it is delivered; `more` overrides its data. */
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

/** Books what other services ask for, in one batch. */
export function bookAll(books: Books, requests: readonly PostingRequest[]): Promise<void> {
  return books.database.inTransaction((tx) => bookRequests(requests, tx, books.platform));
}

/** Adds to an employee's balance. */
export function give(books: Books, ownerId: string, amount: number): Promise<void> {
  return bookAll(books, [postingRequest(ownerId, amount)]);
}

/** Ends a day by hand, or rehearses that, without waiting for its close. */
export function end(books: Books, day: string, dryRun = false, request = requestOf()): Promise<DayView> {
  // A closer that nobody started closes nothing: the answer must not wait for it.
  return closeDay(books.database, books.config, { day, dryRun }, request, () => {}, 0);
}

/** Passes until there is nothing left to do, with the journal sealed where they wait for it; returns what each of the others did. */
export async function closeAll(books: Books, accountsAChunk?: number): Promise<ClosePass['outcome'][]> {
  const outcomes: ClosePass['outcome'][] = [];
  for (;;) {
    const { outcome } = await closeOnce(books.database, books.config, accountsAChunk);
    if (outcome === 'idle') return outcomes;
    if (outcome === 'waiting') await sealAll(books.database);
    else outcomes.push(outcome);
  }
}

/** The same database, but statement `n` of each transaction is never run, as when the process dies before it. */
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
 * Makes the service see a clock of the test's: names are looked for in the schema `public` before PostgreSQL's own. Connections that are
 * open already do not, so `books` must not be used before; use the database that this returns.
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

/** Connects to the database of a configuration, as a node of the service would. */
export async function connectBooks(
  config: Config,
): Promise<{ database: Database; disconnect: () => Promise<void> }> {
  const migrations = new URL('./migrations/', import.meta.url);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const lifecycle = new DatabaseLifecycle({ config, service: 'accounting', migrations, log });
  return { database: await lifecycle.open(), disconnect: () => lifecycle.close() };
}
