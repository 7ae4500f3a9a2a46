/**
 * Many people and tasks, made over HTTP with a bounded number of requests at a time. All titles
 * have an external id.
 */
import { ADMIN_BEAK } from '../../services/auth/variables.fixture.ts';
import { Client, type Task, type User } from '../e2e/client.ts';
import type { System } from '../harness/system.ts';
import { until } from '../harness/wait.ts';

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

/**
 * Registers a manager and `size` employees, and creates a first task. From then on they are
 * assignable.
 */
export async function gatherCrowd(system: Pick<System, 'api'>, size: number): Promise<Crowd> {
  const admin = await new Client(system.api).signIn('admin', ADMIN_BEAK);
  const manager = (await admin.register('mia', ['manager'])).client;
  const employees: Awaited<ReturnType<Client['register']>>[] = [];
  for (let n = 0; n < size; n++) employees.push(await admin.register(`employee-${n}`, ['developer']));
  await manager.createTask('[POPUG-0] The first task');
  return { admin, manager, employees };
}

export async function createTasks(crowd: Crowd, count: number): Promise<void> {
  await inParallel(count, 16, async (n) => {
    await crowd.manager.expect<Task>(201, 'POST', '/tasks', { title: `[POPUG-${n}] Task ${n}` });
  });
}

export interface Shuffle {
  readonly id: string;
  readonly status: 'running' | 'completed';
  readonly total: number;
  readonly done: number;
}

/** Starts a shuffle. Returns its id. */
export async function pressShuffle({ manager }: Crowd): Promise<string> {
  return (await manager.expect<Shuffle>(202, 'POST', '/tasks/shuffles')).id;
}

export function readShuffle({ manager }: Crowd, id: string): Promise<Shuffle> {
  return manager.expect<Shuffle>(200, 'GET', `/tasks/shuffles/${id}`);
}

/** Waits until the shuffle is completed. */
export function completedShuffle(crowd: Crowd, id: string): Promise<Shuffle> {
  return until(
    async () => {
      const shuffle = await readShuffle(crowd, id);
      return shuffle.status === 'completed' && shuffle;
    },
    { within: 60_000, what: 'the shuffle to complete' },
  );
}
