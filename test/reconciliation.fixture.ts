/**
 * Shared by the tests of the reconciliation: a busy exchange, and an intruder who makes forbidden
 * changes.
 */
import { expect } from '@jest/globals';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { addressesOf } from '#mixins/database/address.ts';
import { loginAt } from '#mixins/database/client.ts';
import { type PostingRequested, postingRequested } from '#schemas/events/accounting/posting-requested.v1.ts';
import type { Difference } from '#schemas/reconciliation.ts';
import type { Config } from '../config.ts';
import { publish } from '../services/analytics/analytics.fixture.ts';
import type { Account, Client, Task } from './e2e/client.ts';
import {
  type Crowd,
  completedShuffle,
  createTasks,
  gatherCrowd,
  inParallel,
  pressShuffle,
} from './faults/crowd.ts';
import { fixtureEvent } from './harness/consumers/fixture.ts';
import type { System } from './harness/system.ts';
import { until } from './harness/wait.ts';

export interface Reconciliation {
  readonly consistent: boolean;
  readonly checkedAt: string;
  readonly differences: readonly Difference[];
  readonly more: number;
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Maximum number of requests for one result. On a busy machine it takes longer than a request
 * waits, and the answer is 503.
 */
const MAX_REQUESTS = 5;

export async function reconciled(admin: Client): Promise<Reconciliation> {
  for (let requests = 1; requests < MAX_REQUESTS; requests++) {
    const { status, body } = await admin.request<Reconciliation>('GET', '/analytics/reconciliation');
    if (status === 200) return body;
    expect(body).toMatchObject({
      code: 'service_unavailable',
      detail: expect.stringContaining('come again'),
    });
  }
  return admin.expect<Reconciliation>(200, 'GET', '/analytics/reconciliation');
}

export interface Intruder {
  rows<Row extends object>(sql: string, bind?: readonly unknown[]): Promise<Row[]>;
  end(): Promise<void>;
}

/** The driver gives `bigint` as text. */
function withNumbers(row: object): object {
  const numbered = Object.entries(row).map(([name, value]) => [
    name,
    typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
  ]);
  return Object.fromEntries(numbered);
}

/**
 * A superuser in a service's database, for whom triggers do not fire. Temporary tables last until
 * its end.
 */
export async function intruderIn(config: Config, service: string): Promise<Intruder> {
  const { admin, runtime } = addressesOf(config, service);
  const client = new pg.Client(loginAt({ ...admin, database: runtime.database }));
  await client.connect();
  await client.query("SET session_replication_role = 'replica'");
  return {
    rows: async <Row extends object>(sql: string, bind: readonly unknown[] = []) =>
      (await client.query(sql, [...bind])).rows.map(withNumbers) as Row[],
    end: () => client.end(),
  };
}

export type Exchange = Crowd & { readonly day: string };

/** Requests postings as another service would (ACC-10). Resolves when they are booked. */
export async function requestPostings(
  config: Config,
  postings: readonly Pick<PostingRequested, 'requestId' | 'ownerType' | 'ownerId' | 'amount'>[],
): Promise<void> {
  const bus = createBus(config);
  await bus.start();
  try {
    const events = postings.map(({ requestId, ...posting }) =>
      fixtureEvent(postingRequested, requestId, 1, {
        requestId,
        ...posting,
        currency: config.currency,
        kind: 'invoice',
        reason: 'A cage',
        referenceType: null,
        referenceId: null,
        referenceTitle: null,
        occurredAt: Date.now(),
      }),
    );
    await publish(bus, events);
  } finally {
    await bus.stop();
  }
  const books = await intruderIn(config, 'accounting');
  try {
    const keys = postings.map(({ requestId }) => `request:${requestId}`);
    await until(
      async () =>
        (await books.rows('SELECT FROM posting WHERE key = ANY ($1::text[])', [keys])).length === keys.length,
      { what: 'the postings to be booked' },
    );
  } finally {
    await books.end();
  }
}

/**
 * Creates, shuffles and completes tasks. Posts adjustments, and postings to vendors, one of whom
 * has the id of an employee. Closes a day, and begins another one. Returns the closed day.
 */
export async function keepBusy(system: System, config: Config): Promise<Exchange> {
  const crowd = await gatherCrowd(system, 5);
  const { admin, employees } = crowd;
  await createTasks(crowd, 60);
  await completedShuffle(crowd, await pressShuffle(crowd));
  await completeSome(crowd, 4);
  const [employee] = employees;
  await admin.expect(201, 'POST', '/accounting/adjustments', {
    userId: employee?.user.id,
    amount: 1_000_000,
    reason: 'A bonus | with spaces',
  });
  const ownerType = 'vendor';
  await requestPostings(config, [
    { requestId: uuidv7(), ownerType, ownerId: employee?.user.id ?? '', amount: 70_000 },
    { requestId: uuidv7(), ownerType, ownerId: uuidv7(), amount: -3_000 },
  ]);
  await until(
    async () => {
      const path = `/accounting/accounts/${employee?.user.id}`;
      return (await admin.expect<Account>(200, 'GET', path)).balance > 500_000;
    },
    { what: 'somebody to be owed something' },
  );
  const { businessDay: day } = await admin.expect<{ businessDay: string }>(200, 'GET', '/analytics/today');
  await admin.request('POST', `/accounting/days/${day}/close`, {});
  await until(
    async () => {
      const { status } = await admin.expect<{ status: string }>(200, 'GET', `/accounting/days/${day}`);
      return status === 'closed';
    },
    { what: 'the day to be closed' },
  );
  await createTasks(crowd, 20);
  await completeSome(crowd, 2);
  return { ...crowd, day };
}

/** Everybody completes this many of their present tasks. */
export async function completeSome({ employees }: Crowd, each: number): Promise<void> {
  await inParallel(employees.length, employees.length, async (index) => {
    const client = employees[index]?.client;
    const mine = (await client?.all<Task>('/tasks?assignee=me&status=open')) ?? [];
    for (const { id } of mine.slice(0, each)) await client?.request('POST', `/tasks/${id}/complete`);
  });
}
