import { describe, expect, it } from '@jest/globals';
import { isThrough, obstacleIn, shortfallReason } from './rebuild.ts';

const whole = { stream: 'ates_TASKS', first: 1, missing: 0, ahead: [] };

describe('streams', () => {
  it('ANA-5: can be rebuilt from if they begin with their first event', () => {
    expect(obstacleIn([whole, { ...whole, stream: 'ates_AUTH' }])).toBeNull();
  });

  it('ANA-5: cannot be rebuilt from if their first events are gone; the error has a hint', () => {
    const reason = obstacleIn([whole, { ...whole, stream: 'ates_AUTH', first: 7 }]);
    expect(reason).toContain('ates_AUTH begins with event 7');
    expect(reason).toContain('restore the stream from a backup');
    expect(reason).not.toContain('ates_TASKS');
  });

  it('G22: cannot be rebuilt from while a restored database is behind them; the error names the command', () => {
    const reason = obstacleIn([
      { ...whole, ahead: ['tasks'] },
      { ...whole, ahead: ['auth', 'tasks'] },
    ]);
    expect(reason).toContain('databases of auth, tasks were restored');
    expect(reason).toContain('orphans auth --skip; orphans tasks --skip');
  });

  it('cannot be rebuilt from if events are missing in the middle', () => {
    expect(obstacleIn([{ ...whole, missing: 2 }])).toContain(
      '2 events are gone from the middle of ates_TASKS',
    );
  });

  it('are not trusted if they give fewer facts than are live', () => {
    expect(shortfallReason([{ what: 'fees', live: 9, rebuilt: 4 }])).toContain('fees: 4 instead of 9');
  });
});

describe('a rebuild', () => {
  const progress = (applied: number, caughtUp = false) => [{ service: 'tasks', applied, caughtUp }];

  it('is complete when every stream was read up to its target', () => {
    expect(isThrough({ tasks: 9 }, progress(8))).toBe(false);
    expect(isThrough({ tasks: 9 }, progress(9))).toBe(true);
    expect(isThrough({ tasks: 9, auth: 3 }, progress(9))).toBe(false);
  });

  it('has completed a stream that lost its tail when no message is left', () => {
    expect(isThrough({ tasks: 9 }, progress(5, true))).toBe(true);
  });
});
