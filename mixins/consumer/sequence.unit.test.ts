import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newestOfEach } from './batch.ts';
import { planSequence } from './sequence.ts';

const event = (subject: string, sequence: number) => ({ subject, sequence });

describe('planSequence', () => {
  it('applies what follows the position, keeps what is early, drops what is old', () => {
    const events = [
      event('a', 5),
      event('a', 3),
      event('a', 2),
      event('a', 4),
      event('a', 7),
      event('b', 1),
      event('c', 2),
    ];
    const plan = planSequence(events, new Map([['a', 2]]));
    expect(plan.apply).toEqual([event('b', 1), event('a', 3), event('a', 4), event('a', 5)]);
    expect(plan.early).toEqual([event('c', 2), event('a', 7)]);
    expect(plan.old).toEqual([event('a', 2)]);
    expect(plan.positions).toEqual(
      new Map([
        ['a', 5],
        ['b', 1],
      ]),
    );
  });

  it('loses nothing, and applies each aggregate without gaps, whatever comes', () => {
    const versions = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 12 })));
    const positions = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(versions, positions, (list, before) => {
        const plan = planSequence(
          list.map(([subject, sequence]) => event(subject, sequence)),
          new Map(Object.entries(before)),
        );
        expect(plan.apply.length + plan.early.length + plan.old.length).toBe(list.length);
        const reached = new Map(Object.entries(before));
        for (const { subject, sequence } of plan.apply) {
          expect(sequence).toBe((reached.get(subject) ?? 0) + 1);
          reached.set(subject, sequence);
        }
        for (const { subject, sequence } of plan.early)
          expect(sequence).toBeGreaterThan((reached.get(subject) ?? 0) + 1);
        for (const { subject, sequence } of plan.old)
          expect(sequence).toBeLessThanOrEqual(reached.get(subject) ?? 0);
      }),
    );
  });
});

describe('newestOfEach', () => {
  it('keeps one of each aggregate, the newest', () => {
    const events = [event('a', 2), event('b', 1), event('a', 5), event('a', 3)];
    expect(newestOfEach(events)).toEqual([event('a', 5), event('b', 1)]);
  });
});
