/** Carries a plan out on a running system, day by day. */
import { Client } from '#client';
import { dayAfter } from '#mixins/calendar.ts';
import { minorUnits } from '../../services/accounting/tasks/price.ts';
import { Board } from './board.ts';
import { allBooked } from './booked-lines.ts';
import { at, inParallel, until } from './flow.ts';
import { ACCOUNTANT, type DemoBonus, type DemoDay, type DemoPlan, MANAGER } from './plan.ts';
import type { Progress } from './progress.ts';

/** Requests at a time. */
const WIDTH = 8;
/** Concurrent registrations, because each hashes a beak. */
const REGISTER_WIDTH = 2;

export interface Stage {
  readonly api: string;
  readonly admin: Client;
  readonly adminLogin: string;
  /** Of all people of the plan. */
  readonly beak: string;
  /** The open business day. */
  readonly firstDay: string;
  readonly currency: string;
  readonly progress: Progress;
}

export type Outcome = Awaited<ReturnType<typeof play>>;

type Cast = Awaited<ReturnType<typeof gather>>;

export async function play(plan: DemoPlan, stage: Stage) {
  const cast = await gather(plan, stage);
  const board = new Board();
  let booked = 0;
  let day = stage.firstDay;
  for (const [index, of] of plan.days.entries()) {
    await playDay(of, stage, cast, board);
    await allBooked(stage.admin, board, day, booked);
    booked = board.lines;
    await closeDay(stage.admin, day);
    stage.progress.step(
      `day ${index + 1} of ${plan.days.length} (${day}) is closed: ${board.size} tasks, ${board.done} done`,
    );
    day = dayAfter(day);
  }
  // Then the figures have processed the whole day.
  await until(`the figures of ${dayAfter(day, -1)}`, async () => {
    return (await stage.admin.get('/analytics/today')).businessDay >= day;
  });
  return { made: board.size, done: board.done };
}

/** Registers everybody and signs them in. `people` and `ids` are in the order of the plan. */
async function gather({ people }: DemoPlan, { api, admin, beak, progress }: Stage) {
  const actors: Client[] = [];
  const ids: string[] = [];
  await inParallel(people, REGISTER_WIDTH, async (person, place) => {
    const actor = new Client({ api });
    ids[place] = (await admin.post('/users', { body: { ...person, beak } })).id;
    await actor.signIn(person.login, beak);
    actors[place] = actor;
    progress.show(`${Object.keys(actors).length} of ${people.length} people`);
  });
  progress.step(`${people.length} people are registered`);
  await until('everybody to have an account', async () => {
    const known = new Set<string>();
    for await (const { userId } of admin.items('/accounting/accounts')) known.add(userId);
    return ids.every((id) => known.has(id));
  });
  return { people: actors, ids, byId: new Map(ids.map((id, place) => [id, at(actors, place)])) };
}

async function playDay(day: DemoDay, stage: Stage, cast: Cast, board: Board): Promise<void> {
  const first = board.size;
  await inParallel(day.tasks, WIDTH, async ({ title, description, creator }, index) => {
    const body = { title, ...(description === null ? {} : { description }) };
    board.note(first + index, await at(cast.people, creator).post('/tasks', { body }));
  });
  if (day.shuffle) await shuffle(at(cast.people, MANAGER), board);
  await inParallel(day.complete, WIDTH, async (number) => {
    const task = board.task(number);
    // If there were people before, a task may be assigned to one of them.
    const assignee = task && cast.byId.get(task.assignee.id);
    if (task === undefined || assignee === undefined) return;
    const params = { path: { id: task.id } };
    board.note(number, await assignee.post('/tasks/{id}/complete', { params }));
  });
  if (day.bonus !== null) await give(day.bonus, stage.currency, cast);
}

/** Starts a shuffle, waits for its end, and reads the new assignees. */
async function shuffle(manager: Client, board: Board): Promise<void> {
  const { id } = await manager.post('/tasks/shuffles');
  await until('the shuffle', async () => {
    const { status } = await manager.get('/tasks/shuffles/{id}', { params: { path: { id } } });
    return status === 'completed';
  });
  const params = { query: { status: 'open' } } as const;
  board.refresh(await Array.fromAsync(manager.items('/tasks', { params })));
}

async function give({ person, units, reason }: DemoBonus, currency: string, cast: Cast): Promise<void> {
  const amount = units * minorUnits(currency);
  const body = { userId: at(cast.ids, person), amount, reason };
  await at(cast.people, ACCOUNTANT).post('/accounting/adjustments', { body });
}

async function closeDay(admin: Client, day: string): Promise<void> {
  const params = { path: { day } };
  await admin.post('/accounting/days/{day}/close', { params });
  await until(`the close of ${day}`, async () => {
    return (await admin.get('/accounting/days/{day}', { params })).status === 'closed';
  });
}
