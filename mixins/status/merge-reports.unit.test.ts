import { describe, expect, it } from '@jest/globals';
import type { ConsumerStats } from '#mixins/consumer/stats.ts';
import type { LoopStats } from '#mixins/loops/loops.ts';
import { mergeReports, type ServiceReport } from './merge-reports.ts';

const consumer = (name: string, overrides: Partial<ConsumerStats> = {}) =>
  ({
    consumer: name,
    order: 'keyed',
    state: 'running',
    reason: null,
    stoppedAt: null,
    pending: null,
    ackPending: null,
    redeliveredPending: null,
    eventsPerSecond: 0,
    deadLetters: 0,
    ...overrides,
  }) as ConsumerStats;
const loop = (name: string, state: LoopStats['state'], reason: string | null = null): LoopStats => ({
  loop: name,
  state,
  reason,
  since: reason,
});
const report = (service: string, overrides: Partial<ServiceReport> = {}): ServiceReport => ({
  service,
  nodes: [],
  silent: 0,
  outbox: null,
  mails: null,
  ...overrides,
});

describe('the reports of a system', () => {
  const at = new Date('2026-03-01T10:00:00.000Z');
  const stoppedAt = '2026-03-01T09:00:00.000Z';
  const mails = {
    queued: { count: 1, capped: false },
    failed: { count: 0, capped: false },
    oldestQueuedAt: null,
  };
  const health = mergeReports(
    [
      report('birds', {
        nodes: [
          {
            consumers: [
              consumer('birds-users', { pending: 5, eventsPerSecond: 1.5, deadLetters: 2 }),
              consumer('birds-cages', { pending: 9 }),
            ],
            loops: [loop('birds-feeding', 'idle')],
          },
          {
            consumers: [
              consumer('birds-users', { state: 'stopped', reason: 'A bug', stoppedAt, eventsPerSecond: 2 }),
            ],
            loops: [loop('birds-feeding', 'stalled', 'No seeds'), loop('birds-counting', 'working')],
          },
        ],
        silent: 1,
        outbox: { backlog: 3, oldestSeconds: 0.5, refused: 1 },
      }),
      report('cages', { silent: 2 }),
      report('post', {
        nodes: [{ consumers: [consumer('post-x', { state: 'waiting' })], loops: [] }],
        mails,
      }),
      report('trees'),
    ],
    at,
  );

  it('SYS-1: name services, their nodes, and those that did not answer', () => {
    expect(health).toMatchObject({
      at: at.toISOString(),
      services: [
        { name: 'birds', nodes: 2, silent: 1 },
        { name: 'cages', nodes: 0, silent: 2 },
        { name: 'post', nodes: 1, silent: 0 },
        { name: 'trees', nodes: 0, silent: 0 },
      ],
      missing: ['cages', 'trees'],
      outboxes: [{ service: 'birds', waiting: 3, oldestSeconds: 0.5, refused: 1 }],
      mails,
    });
  });

  it('SYS-1: merge the nodes of a consumer: the worst state, the sum of the rates', () => {
    expect(health.consumers.find(({ name }) => name === 'birds-users')).toEqual({
      name: 'birds-users',
      service: 'birds',
      state: 'stopped',
      reason: 'A bug',
      stoppedAt,
      pending: 5,
      ackPending: null,
      redeliveredPending: null,
      eventsPerSecond: 3.5,
      deadLetters: 2,
      nodes: 2,
    });
  });

  it('SYS-1: have the worst first', () => {
    expect(health.consumers.map(({ name }) => name)).toEqual(['birds-users', 'post-x', 'birds-cages']);
    expect(health.loops).toMatchObject([
      { name: 'birds-feeding', state: 'stalled', reason: 'No seeds', nodes: 2 },
      { name: 'birds-counting', state: 'working', reason: null, nodes: 1 },
    ]);
  });
});
