import { describe, expect, it } from '@jest/globals';
import { encodeEvent } from '#schemas/avro.ts';
import {
  assigneeDraws,
  completedEvents,
  MAX_ASSIGNEES_AN_EVENT,
  MAX_HELD_MS,
  nextChunkSize,
} from './shuffle.ts';

const CAUSE = {
  actorId: 'mia',
  actorAddress: null,
  correlationId: 'r-1',
  causationId: null,
  traceparent: null,
};
const uuid = (n: number) => `0195a000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const shuffle = { id: uuid(1), requestedById: uuid(2), done: 5 };
const AT = new Date('2026-03-01T10:00:00.000Z');

describe('a completed shuffle', () => {
  it('TASK-5: publishes how many tasks each person was drawn for', () => {
    const [event, ...others] = completedEvents(
      shuffle,
      new Map([
        [uuid(9), 3],
        [uuid(8), 2],
      ]),
      AT,
      CAUSE,
    );
    expect(others).toEqual([]);
    expect(event).toMatchObject({ aggregateId: uuid(1), sequence: 2, cause: CAUSE });
    expect(event?.data).toEqual({
      shuffleId: uuid(1),
      requestedById: uuid(2),
      tasksDrawn: 5,
      byAssignee: [
        { assigneeId: uuid(8), tasksDrawn: 2 },
        { assigneeId: uuid(9), tasksDrawn: 3 },
      ],
      completedAt: AT.getTime(),
      part: 1,
      parts: 1,
    });
  });

  it('is also published if nothing was drawn', () => {
    const events = completedEvents({ ...shuffle, done: 0 }, new Map(), AT, CAUSE);
    expect(events.map(({ data }) => [data.tasksDrawn, data.byAssignee])).toEqual([[0, []]]);
  });

  it('over many people is published in parts: each fits into an event, and each person is in one', () => {
    const people = 2 * MAX_ASSIGNEES_AN_EVENT + 1;
    const counts = new Map(Array.from({ length: people }, (_, n) => [uuid(n), 2 ** 31 - 1]));
    const events = completedEvents({ ...shuffle, done: 2 ** 31 - 1 }, counts, AT, CAUSE);
    expect(
      events.map(({ sequence, data }) => [sequence, data.part, data.parts, data.byAssignee.length]),
    ).toEqual([
      [2, 1, 3, 1_000],
      [3, 2, 3, 1_000],
      [4, 3, 3, 1],
    ]);
    expect(new Set(events.flatMap(({ data }) => data.byAssignee.map((a) => a.assigneeId))).size).toBe(people);
    for (const { contract, data } of events) {
      // An event has at most 65,536 bytes with its headers, which take some 1,000.
      expect(encodeEvent(contract, data).length).toBeLessThan(60_000);
    }
  });
});

describe('the draws of a chunk', () => {
  it('are repeated by the recorded data', () => {
    const population = { version: 4, members: ['a', 'b', 'c'] };
    const seed = Buffer.alloc(32, 7);
    const first = Array.from({ length: 50 }, assigneeDraws(seed, population));
    expect(Array.from({ length: 50 }, assigneeDraws(seed, population))).toEqual(first);
    expect(new Set(first)).toEqual(new Set(['a', 'b', 'c']));
  });

  it('fail for an empty population', () => {
    expect(assigneeDraws(Buffer.alloc(32), { version: 1, members: [] })).toThrow(RangeError);
  });
});

describe('the size of a chunk', () => {
  it('grows step by step while locks are short, up to a limit', () => {
    expect(nextChunkSize(64, 64, 2)).toBe(96);
    expect(nextChunkSize(990, 990, 2)).toBe(1_000);
  });

  it('falls at once after a slow chunk, down to a limit', () => {
    expect(nextChunkSize(800, 800, 4 * MAX_HELD_MS)).toBe(80);
    expect(nextChunkSize(80, 80, 100 * MAX_HELD_MS)).toBe(64);
  });

  it('depends on the rate of the last, partly filled chunk', () => {
    expect(nextChunkSize(400, 100, 20)).toBe(100);
    expect(nextChunkSize(400, 100, 0)).toBe(600);
  });
});
