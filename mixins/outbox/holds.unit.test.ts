import { describe, expect, it } from '@jest/globals';
import { Holds } from './holds.ts';

function watched() {
  const lines: string[] = [];
  const log = (text: string) => void lines.push(text);
  return { holds: new Holds({ info: log, warn: log }), lines };
}

describe('a stream that takes no events', () => {
  it('G26: is logged when that begins, and when it is over', () => {
    const { holds, lines } = watched();
    for (let n = 0; n < 20; n++) holds.failed('tasks', 'maximum bytes exceeded');
    expect(lines).toEqual(['The stream of tasks takes no events: maximum bytes exceeded']);
    holds.resume();
    expect([holds.failing(), holds.now()]).toEqual([['tasks'], []]);
    holds.worked('tasks');
    holds.worked('tasks');
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^The stream of tasks takes no events: over after \d+ s$/),
    ]);
    expect(holds.failing()).toEqual([]);
  });

  it('G26: is logged apart from others', () => {
    const { holds, lines } = watched();
    holds.failed('tasks', 'full');
    holds.failed('auth', 'full');
    holds.worked('tasks');
    expect(lines).toHaveLength(3);
    expect(holds.failing()).toEqual(['auth']);
  });
});
