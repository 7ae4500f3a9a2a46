/**
 * The harness itself: correct toys pass every scenario, and each mutant fails in the expected ones.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConsumerCheck } from './check.ts';
import type { ConsumerFixture } from './fixture.ts';
import { type ScenarioName, scenarios } from './scenarios.ts';
import type { Subject } from './setting.ts';
import { openStage, type Stage } from './stage.ts';
import { mutants } from './toy.mutants.ts';
import { TOY_MIGRATIONS, TOY_SERVICE, toyConsumers, toyFixtures } from './toy.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => await stage?.close());

const subject = (key: string, definition: Subject['definition'], fixture: ConsumerFixture): Subject => ({
  service: TOY_SERVICE,
  migrations: TOY_MIGRATIONS,
  key,
  definition,
  fixture,
});
const names = Object.keys(scenarios) as ScenarioName[];

describe.each(Object.keys(toyConsumers) as (keyof typeof toyConsumers)[])('the right toy %s', (key) => {
  let check: ConsumerCheck;
  beforeAll(() => {
    check = new ConsumerCheck(subject(key, toyConsumers[key], toyFixtures[key]), stage);
  });

  it('has a suitable fixture', () => {
    expect(check.fixtureFaults()).toEqual([]);
  });

  it.each(names)('passes: %s', async (name) => {
    expect(await check.run(name)).toBeNull();
  });
});

describe.each(mutants)('$fault', ({ definition, fixture, foundBy }) => {
  let check: ConsumerCheck;
  beforeAll(() => {
    check = new ConsumerCheck(subject('mutant', definition, fixture), stage);
  });

  it.each(foundBy)('fails: %s', async (name) => {
    expect(await check.run(name)).not.toBeNull();
  });
});

describe('an unsuitable fixture', () => {
  it('is reported', () => {
    const fixture = { ...toyFixtures.feedings, events: () => toyFixtures.feedings.events().slice(0, 3) };
    const check = new ConsumerCheck(subject('feedings', toyConsumers.feedings, fixture), stage);
    expect(check.fixtureFaults().length).toBeGreaterThan(0);
  });
});
