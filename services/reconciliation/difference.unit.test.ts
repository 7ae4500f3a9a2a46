import { describe, expect, it } from '@jest/globals';
import balance from '#schemas/comparisons/accounting/balance.ts';
import line from '#schemas/comparisons/accounting/line.ts';
import charge from '#schemas/comparisons/tasks/charge.ts';
import type { Fact } from '#schemas/reconciliation.ts';
import { nameOf } from './difference.ts';
import { Findings } from './findings.ts';

const fact = (key: string, value: string, more: Partial<Fact> = {}): Fact => ({
  group: key,
  key,
  version: null,
  value,
  extra: null,
  ...more,
});

describe('a difference', () => {
  it('ANA-6: names the task, the version and the values of both participants', () => {
    const left = [fact('t1 2', 'e1')];
    expect(nameOf(charge, { key: 't1 2', problem: 'missing', left, right: [] })).toEqual({
      code: 'charge_missing',
      message:
        'The charge for the assignment of task t1 at version 2: tasks says {"employeeId":"e1"}, accounting says nothing',
      taskId: 't1',
      version: 2,
      tasks: { employeeId: 'e1' },
      accounting: null,
    });
  });

  it('lists repeated facts, with their other known fields', () => {
    const right = [
      fact('t1 2', 'e1', { extra: { amount: -1500 } }),
      fact('t1 2', 'e1', { extra: { amount: -1500 } }),
    ];
    expect(
      nameOf(charge, { key: 't1 2', problem: 'repeated', left: [fact('t1 2', 'e1')], right }),
    ).toMatchObject({
      code: 'charge_repeated',
      accounting: [
        { employeeId: 'e1', amount: -1500 },
        { employeeId: 'e1', amount: -1500 },
      ],
    });
  });

  it('gives amounts as numbers, versions if there are any, and the last field with its spaces', () => {
    const key = 'employee e1 2026-03-01 000000000007';
    expect(
      nameOf(line, {
        key,
        problem: 'differs',
        left: [fact(key, 'n1 fee -1500 -3000 a title with spaces')],
        right: [fact(key, 'n1 fee -1500 -3000')],
      }),
    ).toMatchObject({
      ownerType: 'employee',
      sequence: 7,
      accounting: { entryId: 'n1', amount: -1500, balanceAfter: -3000, referenceId: 'a title with spaces' },
      analytics: { entryId: 'n1', kind: 'fee' },
    });
    expect(
      nameOf(balance, {
        key: 'employee e1',
        problem: 'differs',
        left: [fact('employee e1', '-5', { version: 4 })],
        right: [],
      }),
    ).toMatchObject({ accounting: { version: 4, balance: -5 } });
  });
});

describe('many differences', () => {
  it('ANA-6: are named up to 50 of a kind, and all are counted', () => {
    const findings = new Findings();
    for (let n = 0; n < 70; n++) findings.add({ code: 'charge_missing', message: `${n}` });
    findings.add({ code: 'reward_missing', message: 'one' });
    const strays = Array.from({ length: 50 }, (_, n) => ({ code: 'mail_unfounded', message: `${n}` }));
    findings.addStep({ differences: strays, counts: { mail_unfounded: 55 } });
    findings.addStep({ differences: strays.slice(0, 2), counts: { mail_unfounded: 2 } });
    const { differences, more, counts } = findings.result;
    expect([differences.length, more, counts]).toEqual([
      101,
      27,
      { charge_missing: 70, reward_missing: 1, mail_unfounded: 57 },
    ]);
    expect(differences).toContainEqual({ code: 'reward_missing', message: 'one' });
  });
});
