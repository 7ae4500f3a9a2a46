import { beforeEach, describe, expect, it } from '@jest/globals';
import { Errors } from 'moleculer';
import type { DeadLetterDetail } from '#mixins/consumer/dead-letters.ts';
import { Problem } from '#schemas/errors.ts';
import { type DeadLetters, findDeadLetter, listDeadLetters, settleDeadLetter } from './all-dead-letters.ts';

const uuid = (n: number) => `0195a000-0000-7000-8000-${String(n).padStart(12, '0')}`;

function letter(n: number, overrides: Partial<DeadLetterDetail> = {}): DeadLetterDetail {
  return {
    id: uuid(n),
    consumer: 'parrots-users',
    eventKey: uuid(1_000 + n),
    type: 'keepers.keeper.changed.v1',
    subject: `user/${uuid(7)}`,
    sequence: 2,
    attempts: 1,
    code: 'TypeError',
    message: 'A bug',
    status: 'open',
    at: new Date(Date.UTC(2026, 0, 1, 0, 0, n)),
    settledAt: null,
    settledBy: null,
    settledReason: null,
    headers: {},
    payload: '',
    ...overrides,
  };
}

/** The answers of services: their dead letters, or their errors. */
let services: Record<string, DeadLetterDetail[] | Error>;
let asked: string[];
/** The error of a step, by its action. */
let refusals: Record<string, Error>;

const letters = (): DeadLetters => ({
  services: Object.keys(services),
  async ask<Result>(service: string, action: string, params: object) {
    asked.push(`${service}.${action}`);
    const own = services[service];
    if (own === undefined || own instanceof Error) throw own;
    const refusal = refusals[action];
    if (refusal) throw refusal;
    const { id, before, limit, status } = params as {
      id: string;
      before?: { at: number; id: string };
      limit: number;
      status: string;
    };
    const answers: Record<string, () => unknown> = {
      'deadLetters.list': () =>
        own
          .filter((each) => each.status === status && (before === undefined || each.at.getTime() < before.at))
          .sort((a, b) => (a.id < b.id ? 1 : -1))
          .slice(0, limit),
      'deadLetters.get': () => own.find((each) => each.id === id),
      'deadLetters.redrive': () =>
        Object.assign(own.find((each) => each.id === id) ?? {}, { status: 'redriven' }),
      'deadLetters.discard': () =>
        Object.assign(own.find((each) => each.id === id) ?? {}, { status: 'discarded' }),
    };
    const answer = answers[action]?.();
    if (answer === undefined) throw new Problem('not_found');
    // Between nodes all data are JSON.
    return JSON.parse(JSON.stringify(answer)) as Result;
  },
});

beforeEach(() => {
  asked = [];
  refusals = {};
  services = {
    parrots: [letter(1), letter(4), letter(5)],
    feeders: [],
    cages: [letter(2), letter(3, { status: 'discarded' }), letter(6)],
  };
});

describe('dead letters of several services', () => {
  const ids = (items: readonly { readonly id: string }[]) => items.map(({ id }) => Number(id.slice(-2)));

  it.each([1, 2, 3, 5, 200])(
    'FAIL-3: are listed newest first over all services, in pages of %d',
    async (limit) => {
      const found: number[] = [];
      let cursor: string | null | undefined;
      do {
        const page = await listDeadLetters(letters(), {
          status: 'open',
          limit,
          ...(cursor ? { cursor } : {}),
        });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        expect(page.missing).toEqual([]);
        found.push(...ids(page.items));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(found).toEqual([6, 5, 4, 2, 1]);
    },
  );

  it('have the fields of the contract, and their service', async () => {
    const { items } = await listDeadLetters(letters(), { status: 'discarded', limit: 1 });
    expect(items).toEqual([
      {
        id: uuid(3),
        service: 'cages',
        consumer: 'parrots-users',
        type: 'keepers.keeper.changed.v1',
        subject: `user/${uuid(7)}`,
        attempts: 1,
        code: 'TypeError',
        message: 'A bug',
        parked: false,
        at: '2026-01-01T00:00:03.000Z',
      },
    ]);
  });

  it('are those of one service if it is named', async () => {
    const { items } = await listDeadLetters(letters(), { status: 'open', service: 'cages', limit: 50 });
    expect(ids(items)).toEqual([6, 2]);
    expect(asked).toEqual(['cages.deadLetters.list']);
  });

  it('are listed for services that answer, with the names of the others', async () => {
    services.parrots = new Error('away');
    const page = await listDeadLetters(letters(), { status: 'open', limit: 50 });
    expect([ids(page.items), page.missing]).toEqual([[6, 2], ['parrots']]);
  });

  it('are unavailable if no service answers', async () => {
    for (const name of Object.keys(services)) services[name] = new Error('away');
    await expect(listDeadLetters(letters(), { status: 'open', limit: 50 })).rejects.toMatchObject({
      type: 'service_unavailable',
    });
  });

  it.each(['nonsense', Buffer.from('1').toString('base64url')])(
    'are refused for the cursor %j',
    async (cursor) => {
      await expect(listDeadLetters(letters(), { status: 'open', limit: 50, cursor })).rejects.toMatchObject({
        type: 'invalid_cursor',
      });
    },
  );
});

describe('one dead letter', () => {
  it('is found in any service, even if others do not answer', async () => {
    services.feeders = new Problem('service_unavailable');
    expect(await findDeadLetter(letters(), uuid(2))).toMatchObject({
      service: 'cages',
      letter: { id: uuid(2) },
    });
  });

  it('is not found if no service has it, and unavailable if a service does not answer', async () => {
    await expect(findDeadLetter(letters(), uuid(9))).rejects.toMatchObject({ type: 'not_found' });
    services.feeders = new Problem('service_unavailable');
    await expect(findDeadLetter(letters(), uuid(9))).rejects.toMatchObject({ type: 'service_unavailable' });
  });
});

describe('a redrive or a discard', () => {
  const redrive = { to: 'redriven', by: 'ada' } as const;
  const discard = { to: 'discarded', by: 'ada', reason: 'of no use' } as const;

  it('FAIL-3: is carried out by the service that has the dead letter', async () => {
    expect(await settleDeadLetter(letters(), uuid(4), redrive)).toMatchObject({
      service: 'parrots',
      letter: { status: 'redriven' },
    });
    expect(asked.filter((action) => action.endsWith('redrive'))).toEqual(['parrots.deadLetters.redrive']);
  });

  it('FAIL-3: is not repeated, and gives the same answer again', async () => {
    const first = await settleDeadLetter(letters(), uuid(4), redrive);
    expect(await settleDeadLetter(letters(), uuid(4), redrive)).toEqual(first);
    expect(asked.filter((action) => action.endsWith('redrive'))).toHaveLength(1);
    expect(await settleDeadLetter(letters(), uuid(3), discard)).toMatchObject({
      letter: { status: 'discarded' },
    });
    expect(asked.filter((action) => action.endsWith('discard'))).toHaveLength(0);
  });

  it('gives the same answer if another request does it at the same moment', async () => {
    const found = letters();
    const ask: DeadLetters['ask'] = async (service, action, params) => {
      // The other operator acts between the look-up and the step.
      if (action === 'deadLetters.redrive') {
        await found.ask(service, action, params);
        throw new Problem('conflict', 'The letter was redriven before');
      }
      return found.ask(service, action, params);
    };
    expect(await settleDeadLetter({ ...found, ask }, uuid(4), redrive)).toMatchObject({
      letter: { status: 'redriven' },
    });
  });

  it('C7: is unavailable if it was not begun, and has an unknown outcome without an answer', async () => {
    const unanswered = new Errors.RequestTimeoutError({ action: 'x', nodeID: 'node-1' });
    refusals['deadLetters.redrive'] = unanswered;
    await expect(settleDeadLetter(letters(), uuid(4), redrive)).rejects.toBe(unanswered);
    services.parrots = unanswered;
    await expect(settleDeadLetter(letters(), uuid(4), redrive)).rejects.toMatchObject({
      type: 'service_unavailable',
    });
  });

  it.each(['conflict', 'redrive_failed'] as const)(
    'is refused with %s if the service refuses it so',
    async (code) => {
      refusals['deadLetters.redrive'] = new Problem(code);
      await expect(settleDeadLetter(letters(), uuid(4), redrive)).rejects.toMatchObject({ type: code });
    },
  );
});
