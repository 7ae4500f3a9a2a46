import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { advance, EMPTY_POPULATION, isAssignable, type Population, reseat, sizeAfter } from './population.ts';

describe('an account', () => {
  it.each([
    [true, ['developer'], true],
    [true, [], true],
    [true, ['accountant', 'boss', 'cook'], true],
    [false, ['developer'], false],
    [true, ['manager'], false],
    [true, ['developer', 'manager'], false],
    [true, ['admin'], false],
    [true, ['administrator', 'managers'], true],
  ])('TASK-3: active %p with roles %j is assignable: %p', (active, roles, expected) => {
    expect(isAssignable({ active, roles })).toBe(expected);
  });
});

/** Lets people leave and join, as a store would. */
function change(population: Population, leavers: readonly string[], joiners: readonly string[]): Population {
  const { members, version } = population;
  const leaving = leavers.map((id) => members.indexOf(id));
  const size = sizeAfter(members.length, leaving, joiners);
  const last = members.map((userId, seat) => ({ seat, userId })).slice(size);
  return advance(population, version + 1, size, reseat(members.length, leaving, joiners, last));
}

describe('a population', () => {
  it('gives a free seat to a newcomer, otherwise to the holder of the last seat', () => {
    let population = change(EMPTY_POPULATION, [], ['a', 'b', 'c', 'd']);
    expect(population.members).toEqual(['a', 'b', 'c', 'd']);
    population = change(population, ['b'], ['e']);
    expect(population.members).toEqual(['a', 'e', 'c', 'd']);
    population = change(population, ['a'], []);
    expect(population.members).toEqual(['d', 'e', 'c']);
    population = change(population, ['c', 'd'], []);
    expect(population.members).toEqual(['e']);
    expect(change(population, ['e'], []).members).toEqual([]);
  });

  it('TASK-3: seats every assignable user exactly once and without gaps, whoever comes and goes', () => {
    const everyone = Array.from({ length: 12 }, (_, n) => `user-${n}`);
    fc.assert(
      fc.property(fc.array(fc.subarray(everyone), { maxLength: 20 }), (memberships) => {
        let population = EMPTY_POPULATION;
        for (const wanted of memberships) {
          const present = population.members;
          population = change(
            population,
            present.filter((id) => !wanted.includes(id)),
            wanted.filter((id) => !present.includes(id)),
          );
          expect(population.members.toSorted()).toEqual(wanted.toSorted());
        }
      }),
    );
  });
});
