import { describe, expect, it } from '@jest/globals';
import type { OutboxRow, StreamRow } from './outbox.store.ts';
import type { Outcome } from './publisher.ts';
import { settle } from './settle.ts';

const row = (position: number, stream = 'parrots') =>
  ({ position, stream, eventId: `id-${position}` }) as OutboxRow;
const stored = (sequence: number, duplicate = false): Outcome => ({ state: 'stored', sequence, duplicate });
const unknown: Outcome = { state: 'unknown', reason: 'late', missing: false };

const parrots: StreamRow = { stream: 'parrots', epoch: 7, highestSequence: 10, highestEventId: 'old' };
const couriers: StreamRow = { stream: 'couriers', epoch: 0, highestSequence: 0, highestEventId: null };
const streams = new Map([
  ['parrots', parrots],
  ['couriers', couriers],
]);

describe('A pass that went well', () => {
  it('marks each event with its sequence and the epoch, and keeps the highest', () => {
    const settled = settle(
      [row(1), row(2), row(3, 'couriers')],
      [stored(11), stored(13), stored(1)],
      streams,
    );
    expect(settled.marks).toEqual([
      { position: 1, sequence: 11, epoch: 7 },
      { position: 2, sequence: 13, epoch: 7 },
      { position: 3, sequence: 1, epoch: 0 },
    ]);
    expect(settled.streams).toEqual([
      { ...parrots, highestSequence: 13, highestEventId: 'id-2' },
      { ...couriers, highestSequence: 1, highestEventId: 'id-3' },
    ]);
    expect(settled).toMatchObject({ refused: [], unsent: false });
    expect(settled.regressed.size + settled.failed.size).toBe(0);
  });

  it('recognises a duplicate, and does not take it for a loss', () => {
    const settled = settle([row(1)], [stored(4, true)], streams);
    expect(settled.marks).toEqual([{ position: 1, sequence: 4, epoch: 7 }]);
    expect(settled.streams).toEqual([]);
    expect(settled.regressed.size).toBe(0);
  });
});

describe('A pass in which publishing failed', () => {
  it('marks events that were acknowledged before and after, and leaves the rest', () => {
    const outcomes: Outcome[] = [stored(11), unknown, stored(12), { state: 'unsent' }, stored(1)];
    const settled = settle([row(1), row(2), row(3), row(4), row(5, 'couriers')], outcomes, streams);
    expect(settled.marks.map(({ position }) => position)).toEqual([1, 3, 5]);
    expect([...settled.failed]).toEqual([['parrots', { reason: 'late', missing: false }]]);
    expect(settled.unsent).toBe(true);
  });

  it('marks events as refused that the broker refuses, and no others', () => {
    const settled = settle(
      [row(1), row(2)],
      [{ state: 'refused', reason: 'too large' }, stored(11)],
      streams,
    );
    expect(settled.refused).toEqual([{ position: 1, reason: 'too large' }]);
    expect(settled.marks.map(({ position }) => position)).toEqual([2]);
  });
});

describe('A stream that acknowledges a new event below what it had acknowledged', () => {
  it('has lost its tail: no event from there on is marked under the old epoch', () => {
    const settled = settle([row(1), row(2), row(3, 'couriers')], [stored(9), stored(11), stored(1)], streams);
    expect([...settled.regressed]).toEqual(['parrots']);
    expect(settled.marks).toEqual([{ position: 3, sequence: 1, epoch: 0 }]);
    expect(settled.streams.map(({ stream }) => stream)).toEqual(['couriers']);
  });
});
