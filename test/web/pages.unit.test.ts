/** Pure rules of pages. */
import { describe, expect, it } from '@jest/globals';
import { findingsOf, type Health, isCalm } from '../../web/pages/run/condition.ts';
import { differencesOf } from '../../web/pages/run/differences.ts';
import { deviceOf } from '../../web/pages/users/device.ts';

describe('a client', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox, Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      'Edge, Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      'Safari, iOS',
    ],
    ['curl/8.14.1', 'curl/8.14.1'],
  ])('is named for people: %s', (userAgent, name) => {
    expect(deviceOf(userAgent)).toBe(name);
  });
});

const CONSUMER: Health['consumers'][number] = {
  name: 'mailer-tasks',
  service: 'mailer',
  state: 'running',
  reason: null,
  stoppedAt: null,
  pending: 0,
  ackPending: 0,
  redeliveredPending: 0,
  eventsPerSecond: 0,
  deadLetters: 0,
  nodes: 1,
};
const HEALTHY: Health = {
  at: '2026-09-17T10:19:03.000Z',
  services: [{ name: 'mailer', nodes: 1, silent: 0 }],
  consumers: [CONSUMER],
  loops: [{ name: 'mailer-sending', service: 'mailer', state: 'idle', reason: null, since: null, nodes: 1 }],
  outboxes: [{ service: 'mailer', waiting: 3, oldestSeconds: 0.2, refused: 0 }],
  mails: { queued: { count: 0, capped: false }, failed: { count: 9, capped: false }, oldestQueuedAt: null },
  missing: [],
};

describe('a healthy system', () => {
  it('has nothing to report, also where mails have failed and the books were not compared yet', () => {
    expect(findingsOf(HEALTHY)).toEqual([]);
    expect(findingsOf(HEALTHY, null)).toEqual([]);
    expect(findingsOf(HEALTHY, true)).toEqual([]);
  });
});

describe('a system with failures', () => {
  const ill: Health = {
    ...HEALTHY,
    services: [
      { name: 'tasks', nodes: 1, silent: 1 },
      { name: 'audit', nodes: 0, silent: 2 },
    ],
    consumers: [
      { ...CONSUMER, state: 'stopped', deadLetters: 101 },
      { ...CONSUMER, name: 'tasks-users', state: 'waiting', deadLetters: null },
    ],
    loops: HEALTHY.loops.map((loop) => ({ ...loop, state: 'stalled' })),
    outboxes: [
      { service: 'tasks', waiting: 0, oldestSeconds: 0, refused: 2 },
      { service: 'auth', waiting: 9, oldestSeconds: 11, refused: 0 },
    ],
    missing: ['audit'],
  };

  it('reports each kind once, the worst first, and a service that is away not as silent too', () => {
    expect(findingsOf(ill, false)).toEqual([
      { is: 'differences', names: [], isGrave: true },
      { is: 'missing', names: ['audit'], isGrave: true },
      { is: 'stopped', names: ['mailer-tasks'], isGrave: true },
      { is: 'stalled', names: ['mailer-sending'], isGrave: true },
      { is: 'refused', names: ['tasks'], isGrave: true },
      { is: 'silent', names: ['tasks'], isGrave: false },
      { is: 'waiting', names: ['tasks-users'], isGrave: false },
      { is: 'late', names: ['auth'], isGrave: false },
      { is: 'letters', names: ['mailer-tasks'], isGrave: false },
    ]);
  });
});

describe('a consumer', () => {
  it('is calm while it runs and has nothing to do', () => {
    expect(isCalm(CONSUMER)).toBe(true);
  });

  it.each([
    { state: 'waiting' },
    { pending: 1 },
    { pending: null },
    { ackPending: 1 },
    { deadLetters: 1 },
  ] as const)('is not calm otherwise: %j', (change) => {
    expect(isCalm({ ...CONSUMER, ...change })).toBe(false);
  });
});

describe('an entry of the audit log', () => {
  it('has the fields that changed, in the order of the later state', () => {
    expect(
      differencesOf(
        { name: 'Pip', roles: ['boss'], active: true, email: 'a@example.com' },
        { name: 'Pip', active: false, roles: ['boss', 'admin'], locale: 'ru' },
      ),
    ).toEqual([
      { field: 'active', before: 'true', after: 'false' },
      { field: 'roles', before: '["boss"]', after: '["boss","admin"]' },
      { field: 'locale', before: undefined, after: 'ru' },
      { field: 'email', before: 'a@example.com', after: undefined },
    ]);
  });

  it('has no difference between a null and nothing', () => {
    expect(differencesOf({ locale: null }, {})).toEqual([]);
  });

  it.each([
    [null, null],
    ['text', [1]],
  ])('has none where the event has no state: %j', (before, after) => {
    expect(differencesOf(before, after)).toEqual([]);
  });
});
