/**
 * S11: every read on a system that has just one page of everything, and on one with history. The
 * other parts then run on the grown system.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { vacuum } from '../support/journal-seed.ts';
import { makeDoneTasks } from './growth.ts';
import { GROWN, seedHistory } from './history.ts';
import { measureReads } from './reads.ts';
import type { Scene } from './scene.ts';
import type { Row } from './table.ts';

/** What the growth started, such as a vacuum, ends within this time, in milliseconds. */
const SETTLES_WITHIN_MS = 3_000;

export async function readsOfGrownSystem(scene: Scene): Promise<Row[]> {
  await settle(scene);
  const before = await measureReads(scene);
  await seedHistory(scene);
  await makeDoneTasks(scene, scene.amounts.doneTasks);
  await settle(scene);
  const after = await measureReads(scene);
  return [...after].map(([name, value]) => ({
    id: 'S11',
    what: `GET ${name}`,
    value,
    unit: 'ms',
    baseline: { name: 'one page', value: before.get(name) ?? Number.NaN },
    target: { of: 'ratio', bound: 'most', limit: 1.25 },
  }));
}

async function settle({ backlog, system }: Scene): Promise<void> {
  await backlog.whenHandled();
  for (const service of GROWN) await vacuum(system.config, service);
  await delay(SETTLES_WITHIN_MS);
}
