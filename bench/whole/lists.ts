/** S2: the rate of the most frequent list. */
import { load } from './load.ts';
import type { Run } from './run.ts';
import type { Row } from './table.ts';

export async function listOfTasks(run: Run): Promise<Row[]> {
  const { system, people, amounts } = run;
  const b4 = await run.b4();
  const options = { url: `${system.api}/tasks?assignee=me&limit=20`, headers: await people.mia.headers() };
  await load({ ...options, duration: amounts.warmUpSeconds });
  const { rate, median, p99 } = await load({ ...options, duration: amounts.loadSeconds });
  return [
    {
      id: 'S2',
      what: 'GET /tasks?assignee=me&limit=20',
      value: rate,
      unit: '/s',
      baseline: { name: 'B4', value: b4.rate },
      target: { of: 'ratio', bound: 'least', limit: 0.8, also: '≥ 0.9 P' },
      note: `median ${median.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
    },
  ];
}
