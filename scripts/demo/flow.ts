/** Parallel work, and waiting for conditions. */
import { setTimeout as delay } from 'node:timers/promises';
import { LaunchError } from '../launcher/launch-error.ts';

/**
 * Time limit of effects of events, in milliseconds. Usually they take milliseconds, and up to a
 * minute under load.
 */
const ARRIVES_WITHIN_MS = 120_000;
const LOOK_MS = 50;

/** Polls until the condition holds. Throws a `LaunchError` with `what` after two minutes. */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + ARRIVES_WITHIN_MS;
  while (!(await condition())) {
    if (performance.now() >= deadline) {
      throw new LaunchError(`Waited ${ARRIVES_WITHIN_MS / 1_000} s for ${what}: is every service running?`);
    }
    await delay(LOOK_MS);
  }
}

/**
 * Does the work for each item, begun in order, at most `width` at a time. Throws the first failure;
 * nothing begins after that.
 */
export async function inParallel<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const left = [...items.entries()].reverse();
  const worker = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [index, item] = next;
      try {
        await work(item, index);
      } catch (error) {
        left.length = 0;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** Throws where the list has nothing at this place. */
export function at<Item>(list: readonly Item[], place: number): Item {
  const item = list[place];
  if (item === undefined) throw new RangeError(`There is nothing at ${place}`);
  return item;
}
