/** Many people and tasks, made over HTTP with a bounded number of requests at a time. */

import { Client, type Task, type User } from '../e2e/client.ts';
import type { System } from '../harness/system.ts';
import { ADMIN_BEAK } from '../harness/system.ts';

export interface Crowd {
  readonly admin: Client;
  readonly manager: Client;
  readonly employees: readonly { readonly user: User; readonly client: Client }[];
}

/** Runs `work` for 0 … `count`−1, at most `width` at a time. */
export async function inParallel(
  count: number,
  width: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

export async function gatherCrowd(system: System, size: number): Promise<Crowd> {
  const admin = await new Client(system.api).signIn('admin', ADMIN_BEAK);
  const manager = (await admin.register('mia', ['manager'])).client;
  const employees: Awaited<ReturnType<Client['register']>>[] = [];
  for (let n = 0; n < size; n++) employees.push(await admin.register(`employee-${n}`, ['developer']));
  await manager.createTask('The first task');
  return { admin, manager, employees };
}

export async function createTasks(crowd: Crowd, count: number): Promise<void> {
  await inParallel(count, 16, async (n) => {
    await crowd.manager.expect<Task>(201, 'POST', '/tasks', { title: `Task ${n}` });
  });
}
