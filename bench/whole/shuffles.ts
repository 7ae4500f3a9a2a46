/**
 * S3: a shuffle through the API, until it is completed, and until every fee is booked and every
 * figure follows. Meanwhile other people send a few requests.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { creating } from './creation.ts';
import { assertAccepted, LONG, type LoadOptions, load, startLoad } from './load.ts';
import type { Run } from './run.ts';
import type { Row } from './table.ts';

/** Pause between two looks at the progress, in milliseconds. */
const LOOK_EVERY_MS = 50;
/** The other requests: few, so that their latency shows the shuffle and not themselves. */
const OTHERS = { connections: 4, overallRate: 100 };
const OTHER_PATHS = ['/tasks?assignee=me&limit=20', '/accounting/accounts/me', '/auth/me'];

interface Progress {
  readonly id: string;
  readonly status: 'running' | 'completed';
  readonly done: number;
}

export async function shuffle(run: Run): Promise<Row[]> {
  const { system, people, backlog, amounts } = run;
  const b1 = await run.b1();
  await fillOpenTasks(run);
  await backlog.whenHandled();
  const others = await otherRequests(run);
  const idle = await load({ ...others, duration: amounts.loadSeconds });
  const meanwhile = startLoad({ ...others, duration: LONG });
  const begun = performance.now();
  const { id } = await people.manager.post<Progress>('/tasks/shuffles');
  const done = await whenCompleted(run, id);
  const completed = (performance.now() - begun) / 1_000;
  await backlog.whenHandled();
  const handled = (performance.now() - begun) / 1_000;
  const busy = assertAccepted(system.api, await meanwhile.stop());
  const baseline = { name: 'B1', value: b1.rate };
  return [
    {
      id: 'S3',
      what: `shuffle of ${done} tasks, until completed`,
      value: done / completed,
      unit: 'tasks/s',
      baseline,
      target: { of: 'ratio', bound: 'least', limit: 2 },
      note: `${completed.toFixed(1)} s`,
    },
    {
      id: 'S3',
      what: 'the same, until every fee is booked and figures follow',
      value: done / handled,
      unit: 'tasks/s',
      baseline,
      target: { of: 'ratio', bound: 'least', limit: 1.2 },
      note: `${handled.toFixed(1)} s`,
    },
    {
      id: 'S3',
      what: 'p99 of other requests until then',
      value: busy.p99,
      unit: 'ms',
      baseline: { name: 'idle', value: idle.p99 },
      target: { of: 'ratio', bound: 'most', limit: 3 },
      note: `${busy.answers} requests; median ${busy.median.toFixed(1)} ms, idle ${idle.median.toFixed(1)} ms`,
    },
  ];
}

async function fillOpenTasks(run: Run): Promise<void> {
  const open = await run.backlog.count('tasks', `SELECT count(*) FROM task WHERE status = 'open'`);
  const missing = run.amounts.openTasks - open;
  if (missing > 0) await load({ ...(await creating(run)), amount: missing });
}

async function otherRequests({ system, people }: Run): Promise<LoadOptions> {
  const { origin, pathname } = new URL(system.api);
  const requests = OTHER_PATHS.map((path) => ({ path: `${pathname}${path}` }));
  return { ...OTHERS, url: origin, headers: await people.mia.headers(), requests };
}

async function whenCompleted({ people }: Run, id: string): Promise<number> {
  for (;;) {
    const { status, done } = await people.manager.get<Progress>(`/tasks/shuffles/${id}`);
    if (status === 'completed') return done;
    await delay(LOOK_EVERY_MS);
  }
}
