/** S8: the work of the system without requests. */
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { connectTo } from './backlog.ts';
import { processorMs, treeOf } from './processes.ts';
import type { Run } from './run.ts';
import type { Row } from './table.ts';

/**
 * What earlier work started, such as a vacuum, ends within this time, in milliseconds, and loops
 * without work reach their longest pause.
 */
const SETTLES_WITHIN_MS = 20_000;
/** Each look is a transaction, and the second one counts the first. */
const OWN_TRANSACTIONS = 1;

export async function idleSystem({ system, amounts, backlog }: Run): Promise<Row[]> {
  await backlog.whenHandled();
  await delay(SETTLES_WITHIN_MS);
  const client = await connectTo(system.databaseUrl, 'postgres');
  try {
    const [before, processorBefore] = [await transactions(client), processorMs(treeOf(system.launcher))];
    const begun = performance.now();
    await delay(amounts.idleSeconds * 1_000);
    const seconds = (performance.now() - begun) / 1_000;
    const spent = processorMs(treeOf(system.launcher)) - processorBefore;
    const count = (await transactions(client)) - before - OWN_TRANSACTIONS;
    return [
      {
        id: 'S8',
        what: 'transactions of the idle system',
        value: count / seconds,
        unit: '/s',
        target: { of: 'value', bound: 'most', limit: 8 },
        note: `over ${seconds.toFixed(0)} s`,
      },
      {
        id: 'S8',
        what: 'its processor time, share of one core',
        value: spent / (seconds * 10),
        unit: '%',
        target: { of: 'value', bound: 'most', limit: 1 },
      },
    ];
  } finally {
    await client.end();
  }
}

/** Of all databases since their making. */
async function transactions(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    'SELECT sum(xact_commit + xact_rollback) AS count FROM pg_stat_database',
  );
  return Number(rows[0]?.count);
}
