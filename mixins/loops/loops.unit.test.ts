import { afterEach, describe, expect, it } from '@jest/globals';
import { Loops } from './loops.ts';
import { Progress } from './progress.ts';

const MINUTES = 60_000;

let loops: Loops | undefined;
afterEach(() => loops?.stop());

/** A loop `toys-beads`, whose watch the test runs by hand, and its log lines. */
function watched() {
  const lines: string[] = [];
  const log = (level: string) => (text: string) => void lines.push(`${level} ${text}`);
  loops = new Loops({
    service: 'toys',
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    settings: { stalledAfterMs: 0, lookEveryMs: 3_600_000 },
  });
  const { progress } = loops.add({ name: 'beads', progress: new Progress() });
  return { loops, progress, lines };
}

describe('the loops of a service', () => {
  it('A2: are listed with their states, and with the reason and time of missing progress', () => {
    const { loops, progress } = watched();
    progress.ended(false, performance.now());
    expect(loops.stats()).toEqual([{ loop: 'toys-beads', state: 'idle', reason: null, since: null }]);
    progress.ended({ blocked: 'no string' }, performance.now());
    expect(loops.stats()).toEqual([
      { loop: 'toys-beads', state: 'stalled', reason: 'no string', since: expect.stringMatching(/T.*Z$/) },
    ]);
  });

  it('A2: are logged at level error when they stall, then every ten minutes, and when they go on', () => {
    const { loops, progress, lines } = watched();
    loops.look(0);
    expect(lines).toEqual([]);
    progress.failed('no string', 0);
    for (const minute of [0, 1, 9, 10, 19, 20]) loops.look(minute * MINUTES);
    expect(lines).toEqual(
      Array(3).fill(
        expect.stringMatching(/^error toys-beads has work and makes no progress since .*: no string$/),
      ),
    );
    progress.ended(true, 20 * MINUTES);
    loops.look(21 * MINUTES);
    loops.look(40 * MINUTES);
    expect(lines.slice(3)).toEqual(['info toys-beads goes on']);
    progress.failed('no string', 41 * MINUTES);
    loops.look(42 * MINUTES);
    expect(lines).toHaveLength(5);
  });

  it('stop at the same time, and the relay only after them', async () => {
    const { loops, progress } = watched();
    const events: string[] = [];
    for (const name of ['outbox', 'strings', 'beads']) {
      loops.add({
        name,
        progress,
        stopsLast: name === 'outbox',
        stop: async () => {
          events.push(`${name} stops`);
          await Promise.resolve();
          events.push(`${name} stopped`);
        },
      });
    }
    await loops.stop();
    expect(events).toEqual([
      'strings stops',
      'beads stops',
      'strings stopped',
      'beads stopped',
      'outbox stops',
      'outbox stopped',
    ]);
  });
});
