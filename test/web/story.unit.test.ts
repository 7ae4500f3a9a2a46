/** The money story of a task. */
import { describe, expect, it } from '@jest/globals';
import {
  awaitedOf,
  isLate,
  type Line,
  stepsOf,
  sumsByPerson,
  sumsOf,
  type Told,
} from '../../web/pages/tasks/story.ts';

const KAI = { id: 'kai', name: 'Kai' };
const PIP = { id: 'pip', name: 'Pip' };
const MIA = { id: 'mia', name: 'Mia' };

const line = (kind: string, employee: typeof KAI, amount: number, occurredAt: string, other = {}): Line => ({
  id: `${kind} ${occurredAt}`,
  kind,
  amount,
  balanceAfter: 0,
  businessDay: occurredAt.slice(0, 10),
  occurredAt,
  postedAt: occurredAt.replace('000Z', '050Z'),
  reference: null,
  note: null,
  by: null,
  employee,
  block: 1,
  payout: null,
  ...other,
});

/** Created for Pip on the 16th, drawn to Kai on the 17th, who completed it. */
const FIRST = '2026-09-16T09:00:00.000Z';
const SECOND = '2026-09-17T10:00:00.000Z';
const DONE = '2026-09-17T11:00:00.000Z';
const told: Told = {
  task: {
    id: 'task',
    title: 'Wash the cage',
    externalId: null,
    description: '',
    status: 'done',
    assignee: KAI,
    createdBy: MIA,
    createdAt: FIRST,
    completedAt: DONE,
    version: 3,
  },
  assignments: [
    { version: 1, assignee: PIP, shuffleId: null, assignedAt: FIRST },
    { version: 2, assignee: KAI, shuffleId: 'shuffle', assignedAt: SECOND },
  ],
  book: {
    fee: 1_400,
    reward: 3_300,
    lines: [
      line('fee', PIP, -1_400, FIRST),
      line('fee', KAI, -1_400, SECOND),
      line('reward', KAI, 3_300, DONE, { payout: { id: 'paid', businessDay: '2026-09-17' } }),
    ],
  },
  payouts: [
    {
      id: 'paid',
      employee: KAI,
      line: {
        ...line('payout', KAI, -1_900, '2026-09-18T00:00:01.000Z'),
        businessDay: '2026-09-17',
      },
    },
  ],
  days: [
    {
      currency: 'USD',
      businessDay: '2026-09-17',
      status: 'closed',
      payouts: 1,
      totalPaid: 1_900,
      toPay: 0,
      carriedOver: 0,
      debtors: 0,
      fees: 1_400,
      rewards: 3_300,
      others: 0,
      endedAt: '2026-09-18T00:00:00.000Z',
      endedBy: null,
      closedAt: '2026-09-18T00:00:02.000Z',
      head: 'f00d',
      block: 2,
    },
  ],
  mails: [
    {
      id: 'mail',
      status: 'sent',
      template: 'payout',
      reference: 'payout/paid',
      recipient: 'kai@example.com',
      subject: 'Payout',
      requestedAt: '2026-09-18T00:00:01.500Z',
      sentAt: '2026-09-18T00:00:04.000Z',
      attempts: 1,
      nextAttemptAt: null,
      reason: null,
    },
  ],
};
const shown = (of: Told) => stepsOf(of).map((step) => [step.is, step.businessDay]);

describe('a task that was drawn twice, completed and paid', () => {
  it('has its steps in order, with the business day of each', () => {
    expect(shown(told)).toEqual([
      ['created', '2026-09-16'],
      ['priced', '2026-09-16'],
      ['line', '2026-09-16'],
      ['drawn', '2026-09-17'],
      ['line', '2026-09-17'],
      ['completed', '2026-09-17'],
      ['line', '2026-09-17'],
      ['payout', '2026-09-17'],
      ['closed', '2026-09-17'],
      ['mail', '2026-09-17'],
    ]);
  });

  it('awaits nothing', () => {
    expect(awaitedOf(told, null)).toEqual([]);
  });

  it('comes to what the company earned, and to the sums of each person', () => {
    const lines = told.book?.lines ?? [];
    expect(sumsOf(lines)).toEqual({ draws: 2, fees: -2_800, rewards: 3_300, others: 0, net: 500 });
    expect(sumsByPerson(lines)).toEqual([
      { person: PIP, sums: { draws: 1, fees: -1_400, rewards: 0, others: 0, net: -1_400 } },
      { person: KAI, sums: { draws: 1, fees: -1_400, rewards: 3_300, others: 0, net: 1_900 } },
    ]);
  });

  it('says whether it stayed with the same person', () => {
    const isSame = (of: Told) => stepsOf(of).flatMap((step) => (step.is === 'drawn' ? [step.isSame] : []));
    const [first] = told.assignments;
    expect(isSame(told)).toEqual([false]);
    expect(
      isSame({
        ...told,
        assignments: [
          ...(first ? [first] : []),
          { version: 2, assignee: PIP, shuffleId: null, assignedAt: SECOND },
        ],
      }),
    ).toEqual([true]);
  });
});

describe('lines that are not booked yet', () => {
  const [first] = told.book?.lines ?? [];
  const book = { fee: 1_400, reward: 3_300, lines: first === undefined ? [] : [first] };

  it('WEB-5: are awaited: the fee of each draw, and the reward', () => {
    expect(awaitedOf({ ...told, book }, null)).toEqual([
      { kind: 'fee', employee: KAI },
      { kind: 'reward', employee: KAI },
    ]);
    expect(awaitedOf({ ...told, book: null }, null)).toHaveLength(3);
  });

  it('WEB-5: are awaited by a reader of own lines only if they are own', () => {
    expect(awaitedOf({ ...told, book }, KAI.id)).toHaveLength(2);
    expect(awaitedOf({ ...told, book: null }, PIP.id)).toEqual([{ kind: 'fee', employee: PIP }]);
    expect(awaitedOf({ ...told, book: null }, MIA.id)).toEqual([]);
  });

  it('are no reason for a missing step of the task', () => {
    expect(shown({ ...told, book: null, payouts: [], days: [], mails: [] })).toEqual([
      ['created', undefined],
      ['drawn', undefined],
      ['completed', undefined],
    ]);
  });
});

describe('a day that is not closed', () => {
  it('is no step', () => {
    const days = told.days.map((day) => ({ ...day, closedAt: null }));
    expect(stepsOf({ ...told, days }).some(({ is }) => is === 'closed')).toBe(false);
  });
});

describe('a line', () => {
  const dateOf = (at: string) => at.slice(0, 10);

  it.each([
    ['2026-09-16T23:59:59.999Z', '2026-09-17T00:00:00.100Z', true],
    ['2026-09-16T10:00:00.000Z', '2026-09-16T10:01:00.000Z', true],
    ['2026-09-16T10:00:00.000Z', '2026-09-16T10:00:59.999Z', false],
  ])('is late on another date, or after a minute: %s, %s', (occurredAt, postedAt, expected) => {
    expect(isLate({ occurredAt, postedAt }, dateOf)).toBe(expected);
  });
});
