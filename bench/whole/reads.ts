/** Every list and read of the API, with its duration without other requests. */
import { ask } from './client.ts';
import { RARE_WORD } from './growth.ts';
import type { Person } from './people.ts';
import type { Scene } from './scene.ts';

/** Of each read. The first ones measure the compiler and empty caches. */
const WARM_UP_ROUNDS = 20;
const ROUNDS = 100;
const PAGE = 'limit=20';

interface Read {
  /** The path without ids and times. */
  readonly name: string;
  readonly path: string;
  readonly by: Person;
}

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const TIME = /(?<=\bat=)[^&]+/;

/** The median of each read, in milliseconds, by its name. */
export async function measureReads(scene: Scene): Promise<ReadonlyMap<string, number>> {
  const reads = await readsOf(scene);
  const times = new Map(reads.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    // One after the other, so that a disturbance meets all of them.
    for (const { name, path, by } of reads) {
      const { ms } = await ask('GET', `${scene.system.api}${path}`, await by.headers());
      if (round >= WARM_UP_ROUNDS) times.get(name)?.push(ms);
    }
  }
  return new Map([...times].map(([name, all]) => [name, medianOf(all)]));
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) / 2)] ?? 0;
}

async function readsOf({ people }: Scene): Promise<Read[]> {
  const { admin, mia } = people;
  const { businessDay: day } = await admin.get<{ businessDay: string }>('/analytics/today');
  const { items } = await mia.get<{ items: { id: string }[] }>('/tasks?assignee=me&sort=createdAt&limit=1');
  const task = `/tasks/${items[0]?.id}`;
  const now = encodeURIComponent(new Date().toISOString());
  const own = [
    '/auth/me',
    `/tasks?${PAGE}`,
    `/tasks?assignee=me&${PAGE}`,
    `/tasks?assignee=me&status=open&${PAGE}`,
    `/tasks?assignee=me&status=done&${PAGE}`,
    `/tasks?status=open&${PAGE}`,
    `/tasks?sort=title&${PAGE}`,
    `/tasks?sort=-completedAt&${PAGE}`,
    `/tasks?text=${RARE_WORD}&${PAGE}`,
    task,
    `${task}/assignments`,
    '/accounting/accounts/me',
    `/accounting/accounts/me/statement?${PAGE}`,
    `/accounting/accounts/me/statement?from=${day}&to=${day}&${PAGE}`,
    `/accounting/accounts/me/balance?at=${now}`,
  ];
  const ofAdmin = [
    `/users?${PAGE}`,
    `/users/${mia.id}`,
    `/accounting/accounts/${mia.id}`,
    `/accounting/accounts?${PAGE}`,
    '/accounting/company',
    `/accounting/days/${day}`,
    '/analytics/today',
    '/analytics/top-task',
    '/analytics/days',
    `/analytics/days/${day}/operations?${PAGE}`,
    `/analytics/days/${day}/operations?userId=${mia.id}&${PAGE}`,
    `/audit?${PAGE}`,
    `/audit?type=tasks.task.created.v1&${PAGE}`,
    `/audit?actor=${mia.id}&${PAGE}`,
    `/mails?${PAGE}`,
    '/dead-letters',
  ];
  const readBy = (by: Person) => (path: string) => ({
    name: path.replaceAll(ID, '…').replace(TIME, '…'),
    path,
    by,
  });
  return [...own.map(readBy(mia)), ...ofAdmin.map(readBy(admin))];
}
