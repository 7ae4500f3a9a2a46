import { describe, expect, it } from '@jest/globals';
import { chooseTests } from './changed.ts';
import { importsOf } from './imports.ts';

const RULE = 'services/toys/days/day.ts';
const UNIT = 'services/toys/days/day.unit.test.ts';
const NEAR = 'services/toys/days/close.int.test.ts';
const ABOVE = 'services/toys/toys.int.test.ts';
const FAR = 'test/faults/kill.int.test.ts';
const ALL_SOURCES = 'test/imports.unit.test.ts';
const TESTS = [UNIT, NEAR, ABOVE, FAR, ALL_SOURCES];

const choose = (changed: string, related: readonly string[] = [], importers: readonly string[] = []) =>
  chooseTests({
    changed: [changed],
    tests: [...TESTS, ...importers.filter((test) => !TESTS.includes(test))],
    related,
    imports: importers.map((from) => ({ from, written: '', to: changed })),
  });

describe('the tests of a change', () => {
  it('are the unit tests that depend on it, and those that check all sources', () => {
    expect(choose('schemas/text.ts', [UNIT]).run).toEqual([UNIT, ALL_SOURCES]);
  });

  it('are the integration tests of its folder', () => {
    expect(choose(RULE, [UNIT]).run).toEqual([UNIT, NEAR, ALL_SOURCES]);
  });

  it('are those of the folder above if its own has none', () => {
    expect(choose('services/toys/migrations/0002_add_toys.ts').run).toEqual([ABOVE, ALL_SOURCES]);
  });

  it('are the integration tests that import it directly, and no others', () => {
    expect(choose(RULE, [ABOVE, FAR], [ABOVE])).toEqual({ run: [NEAR, ABOVE, ALL_SOURCES], leftOut: [FAR] });
  });

  it('exclude integration tests if very many import the changed file', () => {
    const many = [1, 2, 3, 4, 5, 6].map((n) => `bench/${n}.int.test.ts`);
    expect(choose(RULE, many, many)).toEqual({ run: [NEAR, ALL_SOURCES], leftOut: many });
  });

  it('are the changed tests themselves', () => {
    expect(choose(FAR, [FAR]).run).toEqual([FAR, ALL_SOURCES]);
  });
});

describe('the imports of a file', () => {
  it('are found as paths from the root', () => {
    const text = `import { a } from './a.ts';
      import { b } from '#mixins/b.ts';
      const { c } = await import('../c.ts');
      import fs from 'node:fs';`;
    expect(importsOf('services/toys/toy.ts', text).map(({ to }) => to)).toEqual([
      'services/toys/a.ts',
      'mixins/b.ts',
      'services/c.ts',
    ]);
  });
});
