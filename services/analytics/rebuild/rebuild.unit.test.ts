import { describe, expect, it } from '@jest/globals';
import { isThrough, type SnapshotReach, shortfallReason, startOf } from './rebuild.ts';

const whole = { service: 'tasks', stream: 'ates_TASKS', first: 1, missing: 0, ahead: [] };

type Reaches = Parameters<typeof startOf>[0];

/** Why nothing can start; null if it can. */
function obstacleIn(reaches: Reaches, snapshot: SnapshotReach = null): string | null {
  const start = startOf(reaches, snapshot);
  return start.from === 'nothing' ? start.obstacle : null;
}

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

  it('KEEP-3: can be rebuilt from a snapshot if it reaches to their first events', () => {
    const cut = [whole, { ...whole, service: 'auth', stream: 'ates_AUTH', first: 7 }];
    expect(startOf(cut, { auth: 6, tasks: 0 })).toEqual({ from: 'snapshot' });
    expect(obstacleIn(cut, { auth: 5, tasks: 9 })).toContain('ates_AUTH begins with event 7');
    expect(obstacleIn(cut, { tasks: 9 })).toContain('ates_AUTH begins with event 7');
    expect(startOf([whole], { tasks: 9 })).toEqual({ from: 'streams' });
  });

  it('cannot be rebuilt from with a snapshot while a restored database is behind them', () => {
    expect(obstacleIn([{ ...whole, first: 3, ahead: ['tasks'] }], { tasks: 9 })).toContain('were restored');
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
