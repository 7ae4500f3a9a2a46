/** The mailer's facts for the reconciliation about due and unsent mails (ANA-6). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { reading } from '#mixins/reconciliation/facts.store.ts';
import type { CheckPage, Fact } from '#schemas/reconciliation.ts';
import { takeDraws } from '../digests/take-draws.handler.ts';
import {
  ask,
  drawn,
  emailOf,
  empty,
  id,
  openMailer,
  payoutOf,
  putUsers,
  requested,
  shuffled,
  type TestMailer,
} from '../mailer.fixture.ts';
import { takePostings } from '../payouts/take-postings.handler.ts';
import { takeRequests } from '../requests/take-requests.handler.ts';
import { participant } from './reconcile.store.ts';

let mailer: TestMailer;
beforeAll(async () => {
  mailer = await openMailer();
});
afterEach(() => empty(mailer));
afterAll(() => mailer.close());

const run = (sql: string) => mailer.database.inTransaction((tx) => tx.run(sql));
const age = (table: string, column: string, by: string) =>
  run(`UPDATE ${table} SET ${column} = ${column} - interval '${by}'`);
async function check(name: 'unsent' | 'unmade'): Promise<CheckPage> {
  const { database } = mailer;
  return await reading(
    database,
    (tx) => participant.checks[name]?.(tx, null) ?? Promise.reject(new Error(name)),
  );
}
const none = { differences: [], counts: {}, next: null };

describe('a mail that waits to be sent', () => {
  it('A2, ANA-6: is a difference after five minutes, not before', async () => {
    await ask(mailer, [requested(1), requested(2, { recipient: emailOf(2) })]);
    await age('mail', 'queued_at', '4 minutes');
    expect(await check('unsent')).toEqual(none);
    await age('mail', 'queued_at', '2 minutes');
    const { differences, counts } = await check('unsent');
    expect(counts).toEqual({ mail_unsent: 2 });
    expect(differences).toMatchObject([
      { code: 'mail_unsent', requestKey: id(1), recipient: emailOf(1), reason: null },
      { code: 'mail_unsent', requestKey: id(2), recipient: emailOf(2) },
    ]);
    expect(differences[0]?.message).toMatch(/is due since .* and not sent$/);
  });

  it("A2, ANA-6: is no difference during its mailbox's back-off, or once it has ended", async () => {
    await ask(mailer, [requested(1), requested(2), requested(3, { recipient: 'nobody' })]);
    await age('mail', 'queued_at', '1 hour');
    await run(`UPDATE mailbox SET failures = 3, due_at = now() + interval '1 minute'`);
    expect(await check('unsent')).toEqual(none);
    await run(`UPDATE mailbox SET due_at = now() - interval '1 second'`);
    expect((await check('unsent')).counts).toEqual({ mail_unsent: 2 });
    await run(`UPDATE mail SET status = 'sent', sent_at = now() WHERE status = 'queued'`);
    expect(await check('unsent')).toEqual(none);
  });
});

describe('a request whose mail is not composed', () => {
  it('A2, ANA-6: is a difference after five minutes, not before', async () => {
    await mailer.database.inTransaction((tx) => takeRequests([requested(1), requested(2)], tx));
    await age('request', 'received_at', '4 minutes');
    expect(await check('unmade')).toEqual(none);
    await age('request', 'received_at', '2 minutes');
    const { differences, counts } = await check('unmade');
    expect(counts).toEqual({ request_unmade: 2 });
    expect(differences).toMatchObject([
      { code: 'request_unmade', requestId: id(1) },
      { code: 'request_unmade', requestId: id(2) },
    ]);
  });
});

describe.each([
  ['payout', 'payout_mail'],
  ['digest', 'digest'],
])('a %s whose mail is not composed', (table, set) => {
  const facts = async (): Promise<readonly Fact[]> => {
    const found = await reading(
      mailer.database,
      (tx) =>
        participant.sets[set]?.facts(tx, [{ low: null, high: null }], null) ?? Promise.reject(new Error(set)),
    );
    return found.facts;
  };

  it('A2, ANA-6: is missing in the facts after five minutes, not before', async () => {
    await mailer.database.inTransaction(async (tx) => {
      await takePostings([payoutOf(101, 2, 2_200, 0)], tx);
      await takeDraws([drawn(701, 2, 11), shuffled(701, { 2: 1 })], tx);
    });
    await age(table, 'heard_at', '4 minutes');
    expect(await facts()).toHaveLength(1);
    await age(table, 'heard_at', '2 minutes');
    expect(await facts()).toEqual([]);
    await putUsers(mailer.database, [{ n: 2 }]);
    await mailer.compose();
    expect(await facts()).toHaveLength(1);
  });
});
