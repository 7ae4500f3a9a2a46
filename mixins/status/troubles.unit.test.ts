import { describe, expect, it } from '@jest/globals';
import type { SystemHealth } from '#schemas/answers/system.ts';
import { durationText } from './condition.ts';
import { troublesOf } from './troubles.ts';

const consumer: SystemHealth['consumers'][number] = {
  name: 'birds-seeds',
  service: 'birds',
  state: 'running',
  reason: null,
  stoppedAt: null,
  pending: 10_000,
  ackPending: 0,
  redeliveredPending: 0,
  eventsPerSecond: 0,
  deadLetters: 0,
  nodes: 1,
};
const loop: SystemHealth['loops'][number] = {
  name: 'birds-feeding',
  service: 'birds',
  state: 'waiting',
  reason: null,
  since: null,
  nodes: 1,
};
const outbox = { service: 'birds', waiting: 4, oldestSeconds: 60, refused: 0 };
const HEALTHY: SystemHealth = {
  at: '2026-03-01T10:00:00.000Z',
  services: [{ name: 'birds', nodes: 2, silent: 0 }],
  consumers: [consumer],
  loops: [loop],
  outboxes: [outbox],
  mails: null,
  missing: [],
};
const cause: Parameters<typeof troublesOf>[2][number] = {
  service: 'birds',
  consumer: 'birds-seeds',
  type: 'trees.seed.fell.v1',
  code: '23514',
  message: 'Unlucky',
  count: 2,
  capped: false,
  firstAt: '2026-03-01T09:00:00.000Z',
  lastAt: '2026-03-01T10:00:00.000Z',
};
const since = '2026-03-01T09:00:00.000Z';

describe('the troubles of a system', () => {
  it('are none while it is healthy, up to its limits', () => {
    expect(troublesOf(HEALTHY, [{ troubles: [], figures: { eggs: '3' } }], [])).toEqual([]);
  });

  it.each<[string, Partial<SystemHealth>, string]>([
    [
      'a missing service',
      { missing: ['cages'] },
      'No node of cages answers. Start one: npm run node -- cages',
    ],
    [
      'a silent node',
      { services: [{ name: 'birds', nodes: 2, silent: 1 }] },
      '1 of 3 nodes of birds do not answer',
    ],
    [
      'a stopped consumer',
      { consumers: [{ ...consumer, state: 'stopped', reason: 'A bug', stoppedAt: since }] },
      `birds-seeds stopped at ${since}: A bug. Mend the cause, then: resume birds-seeds`,
    ],
    [
      'a waiting consumer',
      { consumers: [{ ...consumer, state: 'waiting', reason: 'NATS is away' }] },
      'birds-seeds waits: NATS is away. See: consumers',
    ],
    [
      'a lag',
      { consumers: [{ ...consumer, pending: 10_001 }] },
      'birds-seeds is 10001 events behind. See: consumers',
    ],
    [
      'a stalled loop',
      { loops: [{ ...loop, state: 'stalled', reason: 'No seeds', since }] },
      `birds-feeding is stalled since ${since}: No seeds. See: loops`,
    ],
    [
      'an old outbox',
      { outboxes: [{ ...outbox, oldestSeconds: 61 }] },
      '4 events of birds are not published, the oldest for 1 min. See: outboxes',
    ],
    [
      'a refused event',
      { outboxes: [{ ...outbox, refused: 1 }] },
      'NATS refused 1 events of birds. See: refused birds',
    ],
  ])('name %s', (_name, change, trouble) => {
    expect(troublesOf({ ...HEALTHY, ...change }, [], [])).toEqual([trouble]);
  });

  it('name dead letters of consumers and of loops, with their codes', () => {
    const causes = [cause, { ...cause, code: '22001', count: 10_000, capped: true }];
    expect(troublesOf(HEALTHY, [], [...causes, { ...cause, consumer: 'birds-feeding' }])).toEqual([
      'birds-seeds has 10002 or more dead letters (23514, 22001). See: dead-letters birds',
      'birds-feeding has 2 dead letters (23514). See: dead-letters birds',
    ]);
  });

  it('include what services say, after what has stopped', () => {
    const troubles = troublesOf(
      { ...HEALTHY, missing: ['cages'] },
      [{ troubles: ['The eggs are cold'], figures: {} }],
      [cause],
    );
    expect(troubles.map((trouble) => trouble.split(' ')[0])).toEqual(['No', 'The', 'birds-seeds']);
  });
});

it.each([
  [59.9, '59 s'],
  [60, '1 min'],
  [3_600, '1 h'],
  [7_500, '2 h 5 min'],
  [90_000, '1 d 1 h'],
])('a duration of %d s is %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});
