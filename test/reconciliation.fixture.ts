/** What the tests of the reconciliation share: a busy exchange, and an intruder who changes what nobody may. */
import pg from 'pg';
import type { Config } from '../config.ts';
import { addressesOf } from '../mixins/database/address.ts';
import type { Difference } from '../schemas/reconciliation.ts';
import type { Account, Client, Task } from './e2e/client.ts';
import {
  type Crowd,
  completedShuffle,
  createTasks,
  gatherCrowd,
  inParallel,
  pressShuffle,
} from './faults/crowd.ts';
import type { System } from './harness/system.ts';
import { until } from './harness/wait.ts';

export interface Reconciliation {
  readonly consistent: boolean;
  readonly checkedAt: string;
  readonly differences: readonly Difference[];
  readonly more: number;
  readonly counts: Readonly<Record<string, number>>;
}

export function reconciled(admin: Client): Promise<Reconciliation> {
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

/** A superuser in a service's database, for whom there are no triggers; temporary tables last until its end. */
export async function intruderIn(config: Config, service: string): Promise<Intruder> {
  const { admin, runtime } = addressesOf(config, service);
  const { ssl, ...address } = { ...admin, database: runtime.database };
  const client = new pg.Client({ ...address, ssl: ssl ?? false });
  await client.connect();
  await client.query("SET session_replication_role = 'replica'");
  return {
    rows: async <Row extends object>(sql: string, bind: readonly unknown[] = []) =>
      (await client.query(sql, [...bind])).rows.map(withNumbers) as Row[],
    end: () => client.end(),
  };
}

export type Exchange = Crowd & { readonly day: string };

/** Tasks are created, shuffled, done; money is posted by hand; a day is closed, and another one begins. Returns the day that was closed. */
export async function keepBusy(system: System): Promise<Exchange> {
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

/** Everybody completes so many of the tasks that are theirs now. */
export async function completeSome({ employees }: Crowd, each: number): Promise<void> {
  await inParallel(employees.length, employees.length, async (index) => {
    const client = employees[index]?.client;
    const mine = (await client?.all<Task>('/tasks?assignee=me&status=open')) ?? [];
    for (const { id } of mine.slice(0, each)) await client?.request('POST', `/tasks/${id}/complete`);
  });
}
