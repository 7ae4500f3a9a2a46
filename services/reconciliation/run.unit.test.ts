import { describe, expect, it } from '@jest/globals';
import { Problem } from '#schemas/errors.ts';
import { readConfig } from '../../config.ts';
import type { Ask } from './compare.ts';
import { loadPlan } from './plan.ts';
import { reconcile } from './run.client.ts';

const plan = await loadPlan({ ...readConfig({}).product, foreign: new Set() });

/** Services that all agree, except that calls matching `failing` throw. */
function services(failing: (action: string, params: Readonly<Record<string, unknown>>) => void): Ask {
  const answers: Readonly<Record<string, unknown>> = {
    appended: { position: 0, now: '2025-03-09T12:00:00.000Z' },
    published: { published: true, epoch: 1, sequence: 0 },
    handled: true,
    print: { count: 0, sum: '0', high: null },
    facts: { facts: [], next: null },
    check: { differences: [], counts: {}, next: null },
  };
  return async <Answer>(_service: string, action: string, params: object) => {
    failing(action, params as Readonly<Record<string, unknown>>);
    return answers[action] as Answer;
  };
}

describe('a reconciliation', () => {
  it('A1: with a failing part runs the others, and names that part as a difference', async () => {
    const asked = new Set<unknown>();
    const failed: string[] = [];
    const ask = services((_action, { set, check }) => {
      asked.add(set ?? check);
      if (set === 'charge' || check === 'mails') throw new TypeError('Unlucky');
    });
    const { differences, counts, more } = await reconcile(plan, ask, (part, error) => {
      failed.push(`${part}: ${String(error)}`);
    });
    expect(differences).toEqual(
      ['The comparison charge', 'The check mails of mailer'].map((part) => ({
        code: 'part_failed',
        message: `${part} could not be done; see the log of reconciliation`,
        part,
      })),
    );
    expect({ counts, more }).toEqual({ counts: { part_failed: 2 }, more: 0 });
    expect(failed).toEqual([
      'The comparison charge: TypeError: Unlucky',
      'The check mails of mailer: TypeError: Unlucky',
    ]);
    for (const part of ['reward', 'payout_mail', 'history', 'unsent']) expect(asked).toContain(part);
  });

  it('A1: in which a service does not answer counts as not carried out', async () => {
    const ask = services((_action, { set }) => {
      if (set === 'charge') throw new Problem('service_unavailable');
    });
    await expect(reconcile(plan, ask, () => {})).rejects.toMatchObject({ type: 'service_unavailable' });
  });
});
