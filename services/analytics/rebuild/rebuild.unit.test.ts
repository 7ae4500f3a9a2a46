import { describe, expect, it } from '@jest/globals';
import { isThrough, obstacleIn, shortfallReason } from './rebuild.ts';

const whole = { stream: 'ates_TASKS', first: 1, missing: 0, ahead: [] };

describe('streams', () => {
  it('ANA-5: may be rebuilt from when they begin with their first event', () => {
    expect(obstacleIn([whole, { ...whole, stream: 'ates_AUTH' }])).toBeNull();
  });

  it('ANA-5: may not when they no longer reach back, and the way out is told', () => {
    const reason = obstacleIn([whole, { ...whole, stream: 'ates_AUTH', first: 7 }]);
    expect(reason).toContain('ates_AUTH begins with event 7');
    expect(reason).toContain('restore the stream from a backup');
    expect(reason).not.toContain('ates_TASKS');
  });

  it('G22: may not while a restored database is behind them, and the command is told', () => {
    const reason = obstacleIn([
      { ...whole, ahead: ['tasks'] },
      { ...whole, ahead: ['auth', 'tasks'] },
    ]);
    expect(reason).toContain('databases of auth, tasks were restored');
    expect(reason).toContain('orphans auth --skip; orphans tasks --skip');
  });

  it('may not when events are gone from the middle', () => {
    expect(obstacleIn([{ ...whole, missing: 2 }])).toContain(
      '2 events are gone from the middle of ates_TASKS',
    );
  });

  it('are not trusted when less comes of them than there was', () => {
    expect(shortfallReason([{ what: 'fees', live: 9, rebuilt: 4 }])).toContain('fees: 4 instead of 9');
  });
});

describe('a rebuild', () => {
  const progress = (applied: number, caughtUp = false) => [{ service: 'tasks', applied, caughtUp }];

  it('is through when every stream was read up to its target', () => {
    expect(isThrough({ tasks: 9 }, progress(8))).toBe(false);
    expect(isThrough({ tasks: 9 }, progress(9))).toBe(true);
    expect(isThrough({ tasks: 9, auth: 3 }, progress(9))).toBe(false);
  });

  it('is through with a stream that lost its tail when nothing is left', () => {
    expect(isThrough({ tasks: 9 }, progress(5, true))).toBe(true);
  });
});
