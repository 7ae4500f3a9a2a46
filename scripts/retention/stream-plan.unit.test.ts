import { describe, expect, it } from '@jest/globals';
import { planOf, type StreamFacts } from './stream-plan.ts';

const stream: StreamFacts = {
  stream: 'zoo_PARROTS',
  first: 11,
  last: 100,
  due: 40,
  exposed: 42,
  ahead: [],
  durables: [
    { name: 'feeders-parrots', handled: 42 },
    { name: 'of-another-application', handled: 100 },
  ],
  declared: ['feeders-parrots'],
  rebuilds: [{ service: 'counters', snapshot: 42 }],
};

describe('a stream with old events', () => {
  it('may lose them if every consumer has handled them and every rebuild has a snapshot', () => {
    expect(planOf(stream)).toEqual({ is: 'due', events: 30 });
  });

  it('KEEP-3: is refused if a consumer has not handled what may go, also one that nobody declares', () => {
    const durables = [
      { name: 'feeders-parrots', handled: 42 },
      { name: 'of-another-application', handled: 41 },
    ];
    expect(planOf({ ...stream, durables })).toEqual({
      is: 'refused',
      events: 30,
      reasons: ['of-another-application would lose events: it has handled 41 of 42'],
    });
  });

  it('KEEP-3: is refused if a declared consumer has never read', () => {
    expect(planOf({ ...stream, declared: ['feeders-parrots', 'vets-parrots'] })).toMatchObject({
      is: 'refused',
      reasons: ['vets-parrots has not begun to read: start its service first'],
    });
  });

  it('KEEP-3: is refused if figures could not be rebuilt', () => {
    for (const snapshot of [null, 41])
      expect(planOf({ ...stream, rebuilds: [{ service: 'counters', snapshot }] })).toMatchObject({
        is: 'refused',
        reasons: [expect.stringContaining('npm run counters -- snapshot')],
      });
  });

  it('KEEP-3: is refused while a restored database is behind it', () => {
    expect(planOf({ ...stream, ahead: ['parrots'] })).toMatchObject({
      is: 'refused',
      reasons: [expect.stringContaining('orphans parrots --skip')],
    });
  });
});

describe('a stream without old events', () => {
  it('is left alone, whatever its consumers do', () => {
    const durables = [{ name: 'feeders-parrots', handled: 0 }];
    expect(planOf({ ...stream, due: 10, durables })).toEqual({ is: 'nothing' });
    expect(planOf({ ...stream, first: 1, last: 0, due: 0, durables: [] })).toEqual({ is: 'nothing' });
  });
});
