/** Every consumer of every service tolerates repetition, disorder, crashes and poison. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConsumerCheck } from './harness/consumers/check.ts';
import { allConsumers } from './harness/consumers/registry.ts';
import { type ScenarioName, scenarios } from './harness/consumers/scenarios.ts';
import { openStage, type Stage } from './harness/consumers/stage.ts';

const consumers = await allConsumers();
const names = Object.keys(scenarios) as ScenarioName[];
/** Scenarios of an event that can't be processed, and of its neighbours. */
const DEAD_LETTERS = / in the middle\b/;
/** Number of random orders for each consumer. */
const SEEDS = [1, 2, 3];

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => await stage?.close());

describe('the registry of consumers', () => {
  it('finds the consumers of the services', () => {
    expect(consumers.map(({ service }) => service)).toEqual(expect.arrayContaining(['accounting', 'tasks']));
  });

  it('finds a fixture for each of them', () => {
    const without = consumers.filter(({ fixture }) => fixture === undefined);
    expect(without.map(({ service, key }) => `${service}-${key}`)).toEqual([]);
  });
});

describe.each(consumers.filter(({ fixture }) => fixture !== undefined))('$service-$key', (consumer) => {
  let check: ConsumerCheck;
  beforeAll(() => {
    const { fixture } = consumer;
    if (fixture === undefined) throw new Error('No fixture');
    check = new ConsumerCheck({ ...consumer, fixture }, stage);
  });

  it('has a suitable fixture', () => {
    expect(check.fixtureFaults()).toEqual([]);
  });

  it.each(names.filter((name) => !DEAD_LETTERS.test(name) && name !== 'out of order'))(
    'FAIL-2: %s',
    async (name) => {
      expect(await check.run(name)).toBeNull();
    },
  );

  it.each(names.filter((name) => DEAD_LETTERS.test(name)))('FAIL-3: %s', async (name) => {
    expect(await check.run(name)).toBeNull();
  });

  it.each(SEEDS)('FAIL-2: out of order, seed %d', async (seed) => {
    expect(await check.run('out of order', seed)).toBeNull();
  });
});
