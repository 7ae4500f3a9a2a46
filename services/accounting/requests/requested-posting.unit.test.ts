import { describe, expect, it } from '@jest/globals';
import { postingRequest } from '../days/days.fixture.ts';
import { isDue, payoutEvent, payoutOf } from '../days/payout.ts';
import { type Account, EMPLOYEE } from '../journal/journal.ts';
import { fixtureId } from '../tasks/task-history.fixture.ts';
import { inLowerCase, MAX_REQUESTED_AMOUNT, refusalOf, requestedPosting } from './requested-posting.ts';

const PIP = fixtureId(1, 1);
const ID = fixtureId(3, 1);

describe('a request for a posting', () => {
  it('ACC-10: is accepted with any kind and owner of its own', () => {
    for (const more of [
      {},
      { kind: 'lunch_money-2' },
      { ownerType: 'vendor' },
      { amount: MAX_REQUESTED_AMOUNT },
      { amount: -MAX_REQUESTED_AMOUNT },
      { reason: '🦜'.repeat(500) },
      { reason: '👩‍🚀 ❤️' },
      { referenceType: 'meal', referenceId: '7', referenceTitle: 'Seeds' },
    ]) {
      expect(refusalOf(postingRequest(PIP, 10, more), 'USD')).toBeNull();
    }
  });

  it.each([
    [{ amount: 0 }, 'zero_amount'],
    [{ amount: -0 }, 'zero_amount'],
    [{ amount: MAX_REQUESTED_AMOUNT + 1 }, 'amount_out_of_bounds'],
    [{ amount: -MAX_REQUESTED_AMOUNT - 1 }, 'amount_out_of_bounds'],
    [{ currency: 'EUR' }, 'wrong_currency'],
    [{ currency: 'usd' }, 'wrong_currency'],
    [{ kind: '' }, 'malformed_kind'],
    [{ kind: 'Lunch' }, 'malformed_kind'],
    [{ kind: 'x'.repeat(51) }, 'malformed_kind'],
    [{ kind: 'fee' }, 'reserved_kind'],
    [{ kind: 'reward' }, 'reserved_kind'],
    [{ kind: 'payout' }, 'reserved_kind'],
    [{ kind: 'adjustment' }, 'reserved_kind'],
    [{ ownerType: 'company' }, 'unknown_owner'],
    [{ ownerType: 'bank' }, 'unknown_owner'],
    [{ ownerType: '' }, 'unknown_owner'],
    [{ reason: ' ' }, 'missing_reason'],
    [{ reason: '\u200b\u3164\u2800' }, 'missing_reason'],
    [{ reason: 'a\u202eb' }, 'malformed_text'],
    [{ reason: 'a\u2028b' }, 'malformed_text'],
    [{ referenceType: 'meal', referenceId: '7', referenceTitle: 'a\u2066b' }, 'malformed_text'],
    [{ reason: '🦜'.repeat(501) }, 'malformed_text'],
    [{ reason: 'a\0b' }, 'malformed_text'],
    [{ reason: 'x'.repeat(501) }, 'malformed_text'],
    [{ referenceType: 'meal' }, 'incomplete_reference'],
    [{ referenceId: '7', referenceTitle: 'Seeds' }, 'incomplete_reference'],
    [{ referenceType: 'meal', referenceId: '7', referenceTitle: '\n' }, 'malformed_text'],
    [{ occurredAt: Number.MAX_SAFE_INTEGER }, 'malformed_time'],
    [{ occurredAt: Date.UTC(10_000, 0, 1) }, 'malformed_time'],
    [{ occurredAt: Date.UTC(-1, 11, 31) }, 'malformed_time'],
  ])('ACC-10: with %j is refused for good: %s', (more, code) => {
    expect(refusalOf(postingRequest(PIP, 10, more), 'USD')).toMatchObject({ code });
  });

  it('ACC-10: is booked under a key that depends only on its id, in lower case', () => {
    const request = inLowerCase(postingRequest(PIP.toUpperCase(), 10, { requestId: ID.toUpperCase() }));
    expect(requestedPosting(request, fixtureId(3, 2))).toMatchObject({
      key: `request:${ID}`,
      owner: { type: 'employee', id: PIP },
      by: null,
      reference: null,
      cause: { causationId: request.id },
    });
  });
});

describe('a payout', () => {
  const account: Account = {
    id: 1_000,
    owner: { type: EMPLOYEE, id: PIP },
    balance: 500,
    entryCount: 7,
    balanceVersion: 3,
    lastDay: '2026-03-01',
  };
  const cause = {
    actorId: 'service:accounting',
    actorAddress: null,
    correlationId: 'a-day',
    causationId: null,
    traceparent: null,
  };
  const ended = { day: '2026-03-01', endedAt: new Date('2026-03-02T00:00:00Z'), cause };

  it('ACC-5: is due to an employee with a positive balance whose newest line is of an ended day', () => {
    expect(isDue(account, '2026-03-02')).toBe(true);
    expect(isDue(account, '2027-01-01')).toBe(true);
    expect(isDue(account, '2026-03-01')).toBe(false);
    expect(isDue({ ...account, balance: 0 }, '2026-03-02')).toBe(false);
    expect(isDue({ ...account, balance: -1 }, '2026-03-02')).toBe(false);
    expect(isDue({ ...account, lastDay: null }, '2026-03-02')).toBe(false);
    expect(isDue({ ...account, owner: { type: 'vendor', id: PIP } }, '2026-03-02')).toBe(false);
  });

  it('ACC-5: has the key of the employee and the day, and takes the whole balance', () => {
    expect(payoutOf(account, ended, 7, ID)).toMatchObject({
      key: `payout:${PIP}:2026-03-01`,
      amount: -500,
      endedDay: '2026-03-01',
      occurredAt: ended.endedAt,
      cause,
    });
  });

  it('ACC-9: is published under an id that does not depend on who books it', () => {
    const tell = (id: string) =>
      payoutEvent(
        {
          posting: payoutOf(account, ended, 7, id),
          accountId: 1_000,
          businessDay: '2026-03-01',
          accountSequence: 8,
          balanceAfter: 0,
        },
        'USD',
      );
    const [one, other] = [tell(fixtureId(3, 1)), tell(fixtureId(3, 2))];
    expect(one).toMatchObject({ aggregateId: PIP, sequence: 8, data: { amount: 500, operations: 7 } });
    expect(one.data).toMatchObject({ payoutId: (other.data as { payoutId: string }).payoutId });
  });
});
