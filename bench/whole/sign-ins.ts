/** S10: how much slower requests become beside a storm of sign-ins that all succeed. */
import { setTimeout as delay } from 'node:timers/promises';
import { creatingAtHalf } from './creation.ts';
import { CONNECTIONS, LONG, load, startLoad } from './load.ts';
import type { Run } from './run.ts';
import type { Row } from './table.ts';

export async function signInStorm(run: Run): Promise<Row[]> {
  const { system, people, amounts } = run;
  const creations = { ...(await creatingAtHalf(run, await run.creation())), duration: amounts.loadSeconds };
  const url = `${system.api}/auth/login`;
  const bodies = people.employees.map(({ account }) => JSON.stringify(account));
  const headers = { 'content-type': 'application/json' };
  const without = await load(creations);
  const storm = startLoad({ url, method: 'POST', headers, bodies, duration: LONG });
  await delay(amounts.warmUpSeconds * 1_000);
  const during = await load(creations);
  const signIns = await storm.stop();
  return [
    {
      id: 'S10',
      what: `p99 of POST /tasks at half rate beside sign-ins on ${CONNECTIONS} connections`,
      value: during.p99,
      unit: 'ms',
      baseline: { name: 'without', value: without.p99 },
      target: { of: 'ratio', bound: 'most', limit: 2 },
      note: `${Math.round(signIns.rate)} sign-ins/s`,
    },
    {
      id: 'S10',
      what: 'sign-ins that succeed',
      value: (1 - signIns.refused / signIns.answers) * 100,
      unit: '%',
      target: { of: 'value', bound: 'least', limit: 100 },
    },
  ];
}
