/**
 * S6: how soon the fee of a new task is visible, at half of S1's rate. The bench itself creates one
 * task after the other beside that load. From each answer on it looks for the fee's posting.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { creatingAtHalf } from './creation.ts';
import { LONG, startLoad } from './load.ts';
import { createTask } from './people.ts';
import type { Run } from './run.ts';
import type { Row } from './table.ts';

/** Pause between two looks at the journal, in milliseconds. */
const LOOK_EVERY_MS = 1;
/** A fee that takes longer counts as an error, in milliseconds. */
const FEE_WITHIN_MS = 60_000;
/**
 * The longest pause between two samples, in milliseconds. They must not keep in step with loops.
 */
const PAUSE_MS = 40;

export async function timeUntilFee(run: Run): Promise<Row[]> {
  const background = startLoad({ ...(await creatingAtHalf(run, await run.creation())), duration: LONG });
  await delay(run.amounts.warmUpSeconds * 1_000);
  const times: number[] = [];
  while (times.length < run.amounts.samples) {
    times.push(await sampleFee(run));
    await delay(Math.random() * PAUSE_MS);
  }
  const { rate } = await background.stop();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? 0;
  const what = 'time from the 201 to the fee in the account';
  const note = `${times.length} tasks, beside ${Math.round(rate)}/s`;
  return [
    {
      id: 'S6',
      what: `${what}, median`,
      value: at(0.5),
      unit: 'ms',
      target: { of: 'value', bound: 'most', limit: 20 },
      note,
    },
    {
      id: 'S6',
      what: `${what}, p99`,
      value: at(0.99),
      unit: 'ms',
      target: { of: 'value', bound: 'most', limit: 60 },
    },
  ];
}

/** From the answer until the fee is visible in the journal, in milliseconds. */
async function sampleFee({ system, people, backlog }: Run): Promise<number> {
  const { status, body } = await createTask(system.api, people.mia);
  const answered = performance.now();
  if (status !== 201) throw new Error(`POST /tasks: ${status}`);
  const key = [`charge:${body.id}:1`];
  for (;;) {
    const lines = await backlog.rows('accounting', 'SELECT FROM posting WHERE key = $1', key);
    const waited = performance.now() - answered;
    if (lines.length > 0) return waited;
    if (waited > FEE_WITHIN_MS) throw new Error(`The fee of task ${body.id} is missing`);
    await delay(LOOK_EVERY_MS);
  }
}
