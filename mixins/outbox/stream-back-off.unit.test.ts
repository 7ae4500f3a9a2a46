import { describe, expect, it } from '@jest/globals';
import { StreamBackOff } from './stream-back-off.ts';

function watched() {
  const lines: string[] = [];
  const log = (text: string) => void lines.push(text);
  return { backOff: new StreamBackOff({ info: log, warn: log }), lines };
}

describe('a stream that accepts no events', () => {
  it('G26: is logged when that begins, and when it is over', () => {
    const { backOff, lines } = watched();
    for (let n = 0; n < 20; n++) backOff.failed('parrots', 'maximum bytes exceeded');
    expect(lines).toEqual(['The stream of parrots takes no events: maximum bytes exceeded']);
    backOff.resume();
    expect([backOff.failing(), backOff.pausing()]).toEqual([['parrots'], []]);
    backOff.succeeded('parrots');
    backOff.succeeded('parrots');
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^The stream of parrots takes no events: over after \d+ s$/),
    ]);
    expect(backOff.failing()).toEqual([]);
  });

  it('G26: is logged separately from others', () => {
    const { backOff, lines } = watched();
    backOff.failed('parrots', 'full');
    backOff.failed('seeds', 'full');
    backOff.succeeded('parrots');
    expect(lines).toHaveLength(3);
    expect(backOff.failing()).toEqual(['seeds']);
  });
});
