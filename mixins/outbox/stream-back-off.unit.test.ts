import { describe, expect, it } from '@jest/globals';
import { StreamBackOff } from './stream-back-off.ts';

function watched() {
  const lines: string[] = [];
  const log = (text: string) => void lines.push(text);
  return { backOff: new StreamBackOff({ info: log, warn: log }), lines };
}

describe('a stream that takes no events', () => {
  it('G26: is logged when that begins, and when it is over', () => {
    const { backOff, lines } = watched();
    for (let n = 0; n < 20; n++) backOff.failed('tasks', 'maximum bytes exceeded');
    expect(lines).toEqual(['The stream of tasks takes no events: maximum bytes exceeded']);
    backOff.resume();
    expect([backOff.failing(), backOff.pausing()]).toEqual([['tasks'], []]);
    backOff.succeeded('tasks');
    backOff.succeeded('tasks');
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^The stream of tasks takes no events: over after \d+ s$/),
    ]);
    expect(backOff.failing()).toEqual([]);
  });

  it('G26: is logged apart from others', () => {
    const { backOff, lines } = watched();
    backOff.failed('tasks', 'full');
    backOff.failed('auth', 'full');
    backOff.succeeded('tasks');
    expect(lines).toHaveLength(3);
    expect(backOff.failing()).toEqual(['auth']);
  });
});
