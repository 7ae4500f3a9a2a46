import { describe, expect, it } from '@jest/globals';
import { statusLines, wrapped } from './overview.ts';
import type { Status } from './read-status.client.ts';

const consumer: Status['consumers'][number] = {
  name: 'reconciliation-tasks',
  service: 'reconciliation',
  state: 'running',
  reason: null,
  stoppedAt: null,
  pending: 123_456_789,
  ackPending: 0,
  redeliveredPending: 0,
  eventsPerSecond: 0,
  deadLetters: 100_000,
  nodes: 1,
};
const cause: Status['deadLetters'][number] = {
  service: 'reconciliation',
  consumer: 'reconciliation-x',
  type: null,
  code: '23514',
  message: 'Unlucky',
  count: 200_000,
  capped: false,
  firstAt: '2026-03-01T10:00:00.000Z',
  lastAt: '2026-03-01T10:00:00.000Z',
};
const status: Status = {
  at: '2026-03-01T10:00:00.000Z',
  services: ['reconciliation', 'gateway'].map((name) => ({ name, nodes: 12, silent: 0 })),
  consumers: [consumer, { ...consumer, name: 'reconciliation-users', state: 'stopped', pending: 11 }],
  loops: [
    { name: 'x', service: 'reconciliation', state: 'stalled', reason: 'y', since: null, nodes: 1 },
    { name: 'z', service: 'reconciliation', state: 'idle', reason: null, since: null, nodes: 1 },
  ],
  outboxes: [{ service: 'reconciliation', waiting: 100_000, oldestSeconds: 1, refused: 0 }],
  missing: [],
  deadLetters: [cause, { ...cause, service: 'other', consumer: 'other-x' }],
  troubles: [],
  figures: { 'open day': '2026-03-01' },
};

describe('the overview of a system', () => {
  it('begins with a healthy system in one line', () => {
    expect(statusLines('birds', status, 80).slice(0, 2)).toEqual(['birds: all is well', '']);
  });

  it('begins with what is wrong, whose lines are wrapped', () => {
    const troubles = ['A short one', `A long one ${'word '.repeat(30)}`];
    const [first, second, third, fourth] = statusLines('birds', { ...status, troubles }, 80);
    expect([first, second]).toEqual(['birds: something is wrong', '  A short one']);
    expect(third).toMatch(/^ {2}A long one/);
    expect(fourth).toMatch(/^ {4}word/);
  });

  it.each([80, 120])('fits %d columns', (width) => {
    const troubles = ['x'.repeat(300), 'many words '.repeat(40)];
    for (const line of statusLines('birds', { ...status, troubles }, width))
      expect(line.length).toBeLessThanOrEqual(width);
  });

  it('sums up each service, and has a dash for what it does not have', () => {
    const text = statusLines('birds', status, 80).join('\n');
    expect(text).toMatch(/^reconciliation +12 +1 of 2 +123456800 +200000 +1 of 2 +100000$/m);
    expect(text).toMatch(/^gateway +12 +- +- +- +- +-$/m);
    expect(text).toContain('open day            2026-03-01');
  });

  it('shows a question mark where a lag is unknown', () => {
    const unknown = { ...status, consumers: [{ ...consumer, pending: null }] };
    expect(statusLines('birds', unknown, 80).join('\n')).toMatch(/^reconciliation +12 +1 +\? +200000/m);
  });

  it('lets no text control the terminal', () => {
    expect(wrapped('a\u001b[2Jb\nc', 80)).toEqual(['  a [2Jb c']);
  });
});
