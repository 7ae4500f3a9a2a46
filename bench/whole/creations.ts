/** S1, S1b and S5: what creating tasks costs, until the last consumer is done. */
import { measureCreation } from './creation.ts';
import type { Run } from './run.ts';
import type { Row } from './table.ts';

/** The burst of S1b, in seconds. */
const BURST_SECONDS = 10;

/** S1 */
export async function sustainedCreation(run: Run): Promise<Row[]> {
  const b1 = await run.b1();
  const { sustained, p99, median, rate, catchUpSeconds } = await run.creation();
  return [
    {
      id: 'S1',
      what: 'POST /tasks, sustained, consumers keep up',
      value: sustained,
      unit: '/s',
      baseline: { name: 'B1', value: b1.rate },
      target: { of: 'ratio', bound: 'least', limit: 0.4, also: '≥ 2.5 P' },
      note: `${Math.round(rate)}/s answered, then ${catchUpSeconds.toFixed(2)} s to catch up`,
    },
    {
      id: 'S1',
      what: 'its p99 over its median',
      value: p99,
      unit: 'ms',
      baseline: { name: 'median', value: median },
      target: { of: 'ratio', bound: 'most', limit: 6 },
    },
  ];
}

/** S1b */
export async function burst(run: Run): Promise<Row[]> {
  const b1 = await run.b1();
  const { rate, catchUpSeconds } = await measureCreation(
    run,
    Math.min(BURST_SECONDS, run.amounts.loadSeconds),
  );
  return [
    {
      id: 'S1b',
      what: `POST /tasks in a burst of ${BURST_SECONDS} s`,
      value: rate,
      unit: '/s',
      baseline: { name: 'B1', value: b1.rate },
      note: 'target: ≥ 1.0 P',
    },
    {
      id: 'S1b',
      what: 'time until its events are handled',
      value: catchUpSeconds,
      unit: 's',
      target: { of: 'value', bound: 'most', limit: 5 },
    },
  ];
}

/** S5 */
export async function processorTime(run: Run): Promise<Row[]> {
  const b1 = await run.b1();
  const { processorMs: value } = await run.creation();
  return [
    {
      id: 'S5',
      what: 'processor time of a created task, all processes',
      value,
      unit: 'ms',
      baseline: { name: 'B1', value: b1.processorMs },
      target: { of: 'ratio', bound: 'most', limit: 2.5 },
      note: `B1 by ${b1.by}`,
    },
  ];
}
