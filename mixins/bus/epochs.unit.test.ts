import { describe, expect, it } from '@jest/globals';
import { firstLostSince, nextEpoch, parseEpoch, type StreamEpoch } from './epochs.ts';

const NOW = 1_000_000;

describe('A stream that never lost anything', () => {
  it('is not read again', () => {
    expect(firstLostSince({ epoch: 0, changes: [] }, 0)).toBeNull();
  });
});

describe('A stream that lost its tail once', () => {
  const epoch = nextEpoch(null, 0, 61, NOW);

  it('is read again from where the loss began', () => {
    expect(epoch.epoch).toBe(NOW);
    expect(firstLostSince(epoch, 0)).toBe(61);
    expect(firstLostSince(epoch, NOW)).toBeNull();
  });

  it('is read from its first message by a reader whose epoch is no longer kept', () => {
    expect(firstLostSince(epoch, 17)).toBe(1);
  });
});

describe('A stream that lost its tail several times', () => {
  const first = nextEpoch(null, 0, 61, NOW);
  const second = nextEpoch(first, first.epoch, 40, NOW + 5);
  const third = nextEpoch(second, second.epoch, 90, NOW + 9);

  it('is read again from the lowest loss since then', () => {
    expect(firstLostSince(third, first.epoch)).toBe(40);
    expect(firstLostSince(third, second.epoch)).toBe(90);
    expect(firstLostSince(third, 0)).toBe(40);
  });

  it('drops old epochs, and their readers begin at the first message', () => {
    let many: StreamEpoch = third;
    for (let n = 0; n < 40; n++) many = nextEpoch(many, many.epoch, 500, NOW);
    expect(many.changes.length).toBe(32);
    expect(firstLostSince(many, 0)).toBe(1);
  });

  it('has a higher epoch even if a clock went backwards', () => {
    expect(nextEpoch(third, third.epoch, 1, NOW - 1000).epoch).toBe(third.epoch + 1);
  });
});

describe('A bucket that was lost, or restored from an older copy', () => {
  it('gets an epoch that no reader has followed, and keeps the one that the relay had followed', () => {
    const again = nextEpoch(null, NOW, 1, NOW + 50);
    expect(again.epoch).toBe(NOW + 50);
    expect(firstLostSince(again, NOW)).toBe(1);
    const older = nextEpoch(nextEpoch(null, 0, 61, NOW), NOW + 20, 30, NOW + 50);
    expect(firstLostSince(older, NOW + 20)).toBe(30);
    expect(firstLostSince(older, NOW)).toBe(1);
  });
});

describe('An entry of the bucket', () => {
  const held = (text: string, operation: 'PUT' | 'DEL' = 'PUT') =>
    parseEpoch({ operation, json: <Value>() => JSON.parse(text) as Value });

  it('returns an epoch as it was written', () => {
    const epoch = {
      ...nextEpoch(null, 0, 61, NOW),
      orphans: [[3, 4]] as const,
      ahead: { parrots: [1, 2] as const },
    };
    expect(held(JSON.stringify(epoch))).toEqual(epoch);
    expect(held('', 'DEL')).toEqual({ epoch: 0, changes: [] });
  });

  it.each([
    '',
    'x',
    'null',
    '7',
    '[]',
    '{}',
    '{"epoch":"1","changes":[]}',
    '{"epoch":1e400,"changes":[]}',
    '{"epoch":1,"changes":null}',
    '{"epoch":1,"changes":[null]}',
    '{"epoch":1,"changes":[{"epoch":1,"firstLost":"1"}]}',
    '{"epoch":1,"changes":[],"orphans":{}}',
    '{"epoch":1,"changes":[],"orphans":[null]}',
    '{"epoch":1,"changes":[],"orphans":[[1]]}',
    '{"epoch":1,"changes":[],"orphans":[[2,1]]}',
    '{"epoch":1,"changes":[],"ahead":null}',
    '{"epoch":1,"changes":[],"ahead":{"parrots":null}}',
    '{"epoch":1,"changes":[],"ahead":{"parrots":5}}',
    '{"epoch":1,"changes":[],"ahead":{"parrots":"ab"}}',
    '{"epoch":1,"changes":[],"ahead":{"parrots":["a","b"]}}',
    '{"epoch":1,"changes":[],"ahead":{"parrots":[0,5]}}',
    '{"epoch":1,"changes":[],"ahead":{"parrots":[1,2,3]}}',
    '{"epoch":1,"changes":[],"ahead":{"parrots":[1.5,2]}}',
  ])('F18: that is not a valid epoch counts as none: %s', (text) => {
    expect(held(text)).toEqual({ epoch: 0, changes: [] });
  });
});
