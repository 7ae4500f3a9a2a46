/** Creates tasks as fast as they are answered, until all of their events are handled. */
import { until } from '../../test/harness/wait.ts';
import { type LoadFigures, type LoadOptions, load } from './load.ts';
import { TASK_BODY } from './people.ts';
import { processorMs, treeOf } from './processes.ts';
import type { Scene } from './scene.ts';

export interface Creation extends LoadFigures {
  /** Tasks that were created, also those whose answer came too late. */
  readonly tasks: number;
  /** From the end of the load until all events were handled, in seconds. */
  readonly catchUpSeconds: number;
  /** Tasks over the time from the first request until all events were handled. */
  readonly sustained: number;
  /** Processor time of all processes of the system for each task, in milliseconds. */
  readonly processorMs: number;
}

export async function measureCreation(scene: Scene, seconds = scene.amounts.loadSeconds): Promise<Creation> {
  const { backlog, system, amounts } = scene;
  const options = await creating(scene);
  await load({ ...options, duration: amounts.warmUpSeconds });
  await backlog.whenHandled();
  const before = [await countTasks(scene), await countFees(scene)] as const;
  const processorBefore = processorMs(treeOf(system.launcher));
  const figures = await load({ ...options, duration: seconds });
  await backlog.whenHandled();
  const handledAt = Date.now();
  const spent = processorMs(treeOf(system.launcher)) - processorBefore;
  const tasks = await countCharged(scene, before);
  return {
    ...figures,
    tasks,
    catchUpSeconds: (handledAt - figures.endedAt) / 1_000,
    sustained: (tasks / (handledAt - figures.begunAt)) * 1_000,
    processorMs: spent / tasks,
  };
}

/** How many tasks were added. Each must have a fee; the last request may still be on its way. */
function countCharged(scene: Scene, [tasksBefore, feesBefore]: readonly [number, number]): Promise<number> {
  return until(
    async () => {
      const tasks = (await countTasks(scene)) - tasksBefore;
      return (await countFees(scene)) - feesBefore === tasks && tasks;
    },
    { what: 'as many fees as tasks' },
  );
}

const countTasks = ({ backlog }: Scene) => backlog.count('tasks', 'SELECT count(*) FROM task');
const countFees = ({ backlog }: Scene) =>
  backlog.count('accounting', `SELECT count(*) FROM posting WHERE kind = 'fee'`);

/** Requests that create tasks. */
export async function creating({ system, people }: Scene): Promise<LoadOptions> {
  const headers = await people.mia.headers();
  return { url: `${system.api}/tasks`, method: 'POST', headers, body: TASK_BODY };
}

/** The same at half of a rate. */
export async function creatingAtHalf(scene: Scene, { sustained }: Creation): Promise<LoadOptions> {
  return { ...(await creating(scene)), overallRate: Math.max(1, Math.round(sustained / 2)) };
}
