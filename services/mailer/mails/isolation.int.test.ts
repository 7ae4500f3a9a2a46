/** The mailer's loops with items that fail for an unforeseen reason. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { discard, redrive } from '#mixins/consumer/dead-letters.ts';
import { failingAt } from '#mixins/loops/failing.fixture.ts';
import { Loops } from '#mixins/loops/loops.ts';
import { causeOf } from '#mixins/outbox/outbox.fixture.ts';
import { mailFailed } from '#schemas/events/mailer/mail-failed.v1.ts';
import { mailSent } from '#schemas/events/mailer/mail-sent.v1.ts';
import { until } from '../../../test/harness/wait.ts';
import { type DrawDelivery, takeDraws } from '../digests/take-draws.handler.ts';
import {
  ask,
  drawn,
  emailOf,
  empty,
  eventsOf,
  id,
  mailsOf,
  openDeadLetters,
  openMailer,
  payoutOf,
  putUsers,
  requested,
  shuffled,
  sourceOf,
  type TestMailer,
} from '../mailer.fixture.ts';
import { type PostingDelivery, takePostings } from '../payouts/take-postings.handler.ts';
import { takeRequests } from '../requests/take-requests.handler.ts';
import type { MailWork } from '../sending/mail-work.client.ts';
import { TestSmtp } from '../sending/smtp.fixture.ts';
import { claimMails } from './mail.store.ts';

const SOMEBODY = causeOf('somebody');

let mailer: TestMailer;
let smtp: TestSmtp;
let loops: Loops;
let node: MailWork | undefined;
/** Whether the fault is still present. */
let bad: boolean;

beforeAll(async () => {
  mailer = await openMailer();
});
beforeEach(async () => {
  bad = true;
  smtp = await TestSmtp.start();
  const log = { info() {}, warn() {}, error() {} };
  loops = new Loops({ service: 'mailer', log, settings: { stalledAfterMs: 0 } });
});
afterEach(async () => {
  await node?.stop();
  node = undefined;
  await loops.stop();
  await smtp.stop();
  await empty(mailer);
});
afterAll(() => mailer.close());

const post = (...batch: PostingDelivery[]) => mailer.database.inTransaction((tx) => takePostings(batch, tx));
const draw = (...batch: DrawDelivery[]) => mailer.database.inTransaction((tx) => takeDraws(batch, tx));
const keys = async () => (await mailsOf(mailer.database)).map(({ requestKey }) => requestKey);
const ofStatus = async (wanted: string) =>
  (await mailsOf(mailer.database)).filter(({ status }) => status === wanted);
/** Starts a node whose statements fail if they contain this text. */
async function start(text: string, smtpUrl: string | null = null): Promise<void> {
  node = await mailer.node(smtpUrl, undefined, {
    through: (database) => failingAt(database, text, () => bad),
    loops,
  });
}

describe.each([
  ['a payout', 'mailer-payouts', id(103), `payout:${id(103)}`],
  ['a digest', 'mailer-digests', `${id(701)}:${id(3)}`, `digest:${id(701)}:${id(3)}`],
  ['a request', 'mailer-requests', id(903), id(903)],
])('%s whose mail cannot be composed', (_, loop, eventKey, requestKey) => {
  const people = [2, 3, 4, 5, 6];
  const others = () =>
    people
      .flatMap((n) => [`payout:${id(100 + n)}`, `digest:${id(701)}:${id(n)}`, id(900 + n)])
      .filter((key) => key !== requestKey)
      .sort();
  beforeEach(async () => {
    await putUsers(
      mailer.database,
      people.map((n) => ({ n })),
    );
    await draw(...people.map((n) => drawn(701, n, 10 + n)), shuffled(701, { 2: 1, 3: 1, 4: 1, 5: 1, 6: 1 }));
    await post(...people.map((n) => payoutOf(100 + n, n, 2_200, 0)));
    await mailer.database.inTransaction((tx) =>
      takeRequests(
        people.map((n) => requested(900 + n)),
        tx,
      ),
    );
    // Without a broker, requests wait until they are overdue.
    await mailer.database.inTransaction((tx) =>
      tx.run(`UPDATE request SET received_at = now() - interval '1 minute'`),
    );
    await start(requestKey);
    await until(async () => (await keys()).length === 14 && (await openDeadLetters(mailer)).length === 1, {
      what: 'the other mails, and the dead letter',
    });
  });
  const deadLetterId = async () => (await openDeadLetters(mailer))[0]?.id ?? '';

  it('A1, FAIL-3: is dead-lettered with the reason, and all other mails are composed', async () => {
    expect((await keys()).sort()).toEqual(others());
    expect(await openDeadLetters(mailer)).toMatchObject([
      { consumer: loop, eventKey, code: 'TypeError', message: `Unlucky ${requestKey}`, status: 'open' },
    ]);
    // A pass that runs at this moment counts too, as the bound is zero here.
    await until(() => loops.stats().every(({ state }) => state !== 'stalled'));
  });

  it('A1, FAIL-3: becomes one mail when it is redriven after the fault is gone', async () => {
    const source = {
      ...sourceOf(mailer, loops),
      database: failingAt(mailer.database, requestKey, () => bad),
    };
    const deadLetter = await deadLetterId();
    await expect(redrive(source, deadLetter, SOMEBODY)).rejects.toThrow('Unlucky');
    expect(await openDeadLetters(mailer)).toMatchObject([{ id: deadLetter, attempts: 2 }]);
    expect(await keys()).not.toContain(requestKey);
    bad = false;
    await redrive(source, deadLetter, SOMEBODY);
    await expect(redrive(source, deadLetter, SOMEBODY)).rejects.toMatchObject({ type: 'conflict' });
    expect((await keys()).filter((key) => key === requestKey)).toHaveLength(1);
    expect(await openDeadLetters(mailer)).toEqual([]);
  });

  it('A1, FAIL-3: ends when it is discarded', async () => {
    bad = false;
    await discard(sourceOf(mailer, loops), await deadLetterId(), SOMEBODY, 'of no use');
    expect(await openDeadLetters(mailer)).toEqual([]);
    // The next request is handled after it. So the loops have checked again by then.
    await ask(mailer, [requested(950)]);
    expect(await keys()).not.toContain(requestKey);
  });

  it('A1, FAIL-3: does not delay the next mail of the same person', async () => {
    await draw(drawn(702, 3, 33), shuffled(702, { 3: 1 }));
    await post(payoutOf(203, 3, 1_100, 0, '2025-03-10'));
    const next = [`payout:${id(203)}`, `digest:${id(702)}:${id(3)}`];
    await until(async () => (await keys()).length === 16, { what: 'the mails of the next day' });
    expect(await keys()).toEqual(expect.arrayContaining(next));
  });
});

describe('mails whose ends cannot be recorded', () => {
  const people = Array.from({ length: 9 }, (_, n) => n);
  const isRefused = (n: number) => n % 2 === 0;
  const taken = () => smtp.taken.map(({ subject }) => subject).sort();
  const expectedOf = (round: string, wanted: (n: number) => boolean) =>
    people.filter(wanted).map((n) => `${round} ${n}`);

  /**
   * Two mails for each person. The first ones are more than there are lanes. Half of them are
   * refused, and recording their ends fails.
   */
  beforeEach(async () => {
    smtp.manners = { onData: ({ subject }) => (/^Bad [02468]/.test(subject) ? 554 : 'take') };
    const batch = ['Bad', 'Good'].flatMap((round, index) =>
      people.map((n) => requested(index * 100 + n + 1, { recipient: emailOf(n), subject: `${round} ${n}` })),
    );
    await ask(mailer, batch);
    const ids = await mailer.database.rows<{ id: string }>(`SELECT id FROM mail WHERE subject LIKE 'Bad %'`);
    node = await mailer.node(smtp.url, undefined, {
      through: (database) =>
        ids.reduce((inner, row) => failingAt(inner, `mail/${row.id}`, () => bad), database),
      loops,
    });
    await until(
      async () => (await ofStatus('sent')).length === 9 && (await openDeadLetters(mailer)).length === 9,
      {
        within: 30_000,
        what: 'the good mails, and the dead letters of the others',
      },
    );
  });

  it('A1, FAIL-3: are dead-lettered with their outcomes, and their lanes and mailboxes continue', async () => {
    expect(taken()).toEqual([...expectedOf('Bad', (n) => !isRefused(n)), ...expectedOf('Good', () => true)]);
    const deadLetters = await openDeadLetters(mailer);
    expect(new Set(deadLetters.map(({ consumer }) => consumer))).toEqual(new Set(['mailer-mails']));
    expect(new Set(deadLetters.map(({ type }) => type))).toEqual(new Set(['mailer.mail']));
    expect((await ofStatus('queued')).map(({ subject }) => subject)).toEqual(expectedOf('Bad', () => true));
    expect(await eventsOf(mailer.database, mailFailed)).toEqual([]);
  });

  it('A1, FAIL-3: end with their outcomes when they are redriven, and are not sent again', async () => {
    bad = false;
    const before = taken();
    const source = sourceOf(mailer, loops);
    for (const { id: deadLetter } of await openDeadLetters(mailer))
      await redrive(source, deadLetter, SOMEBODY);
    expect((await ofStatus('failed')).map(({ subject }) => subject)).toEqual(expectedOf('Bad', isRefused));
    expect(await ofStatus('queued')).toEqual([]);
    expect(await eventsOf(mailer.database, mailFailed)).toHaveLength(5);
    expect(await eventsOf(mailer.database, mailSent)).toHaveLength(4 + 9);
    await ask(mailer, [requested(500, { recipient: emailOf(0), subject: 'Later' })]);
    await until(() => taken().includes('Later'));
    expect(taken()).toEqual([...before, 'Later']);
  });

  it('A1, FAIL-3: end without an event when they are discarded, and are not sent again', async () => {
    bad = false;
    const source = sourceOf(mailer, loops);
    for (const { id: deadLetter } of await openDeadLetters(mailer))
      await discard(source, deadLetter, SOMEBODY, 'of no use');
    expect((await ofStatus('failed')).map(({ reason }) => reason)).toEqual(
      Array(5).fill('discarded: of no use'),
    );
    expect(await ofStatus('queued')).toEqual([]);
    expect(await eventsOf(mailer.database, mailFailed)).toEqual([]);
  });
});

describe('mails that nodes were sending when they died', () => {
  /** A node takes all due mails, and dies. */
  const die = async () => {
    const { database } = mailer;
    const limits = { most: 10, mostFailing: 10, mostSlow: 10, mostAbandoned: 10 };
    await database.inTransaction((tx) => claimMails(tx, limits, 30_000));
    await database.inTransaction((tx) => tx.run('UPDATE mailbox SET due_at = now()'));
  };
  const attempts = () => mailer.database.rows(`SELECT consumer, attempts FROM attempt`);

  it('A1, FAIL-3: are sent by the next node, one at a time, each counted beforehand', async () => {
    await ask(mailer, [requested(1), requested(2, { recipient: emailOf(2) })]);
    await die();
    const seen: unknown[] = [];
    let underWay = 0;
    smtp.manners = {
      onData: async () => {
        underWay += 1;
        seen.push({ underWay, attempts: await attempts() });
        underWay -= 1;
        return 'take' as const;
      },
    };
    node = await mailer.node(smtp.url, undefined, { loops });
    await until(async () => (await ofStatus('sent')).length === 2);
    expect(seen).toEqual(
      Array(2).fill({ underWay: 1, attempts: [{ consumer: 'mailer-mails', attempts: 1 }] }),
    );
    await until(async () => (await attempts()).length === 0);
  });

  it('A1, FAIL-3: leave lanes free, even if each of them takes as long as the server is silent', async () => {
    const silent = new Set(Array.from({ length: 10 }, (_, n) => emailOf(n + 10)));
    await ask(
      mailer,
      [...silent].map((recipient, n) => requested(n + 10, { recipient })),
    );
    await die();
    smtp.manners = { onRecipient: (address) => (silent.has(address) ? 'hang' : 'take') };
    node = await mailer.node(smtp.url, { silenceMs: 60_000 }, { loops });
    await until(async () => (await attempts()).length === 1);
    await ask(mailer, [requested(1)]);
    await until(async () => (await ofStatus('sent')).length === 1);
    expect(await ofStatus('sent')).toMatchObject([{ requestKey: id(1) }]);
  });

  it('A1, FAIL-3: fail for good after three lone attempts without a recorded end, and the others are sent', async () => {
    await ask(mailer, [requested(1), requested(2, { recipient: emailOf(2) }), requested(3)]);
    const [killer] = await mailer.database.rows<{ id: string }>('SELECT id FROM mail ORDER BY position');
    await mailer.database.inTransaction((tx) =>
      tx.run(`INSERT INTO attempt (consumer, event_key, attempts) VALUES ('mailer-mails', $1, 3)`, [
        killer?.id,
      ]),
    );
    await die();
    node = await mailer.node(smtp.url, undefined, { loops });
    await until(async () => (await ofStatus('sent')).length === 2);
    expect(smtp.taken.map(({ subject }) => subject).sort()).toEqual(['Subject 2', 'Subject 3']);
    const reason = 'kills_process: the process died in each of 3 attempts at this mail alone';
    expect(await ofStatus('failed')).toMatchObject([{ requestKey: id(1), reason }]);
    expect(await eventsOf(mailer.database, mailFailed)).toMatchObject([{ requestId: id(1), reason }]);
    await until(async () => (await attempts()).length === 0);
  });
});

describe('a mail server that is away', () => {
  it('A2, FAIL-3: stalls the loop that sends, with its reason, until it is back', async () => {
    await smtp.stop();
    await ask(mailer, [requested(1)]);
    node = await mailer.node(smtp.url, undefined, { loops });
    const sending = () => loops.stats().find(({ loop }) => loop === 'mailer-sending');
    await until(() => /^The mail server can't be used: /.test(sending()?.reason ?? ''));
    expect(sending()?.state).toBe('stalled');
    await smtp.start();
    await until(async () => (await ofStatus('sent')).length === 1);
    await until(() => sending()?.state === 'idle');
  });
});

describe('an SMTP reply that is truncated within an emoji', () => {
  it.each([`5.1.1 ${'x'.repeat(489)}😀 no such user`, '😀'.repeat(600), `5.1.1 ${'x'.repeat(490)}😀`])(
    'A1, FAIL-3: ends the mail failed, and the others are sent',
    async (answer) => {
      smtp.refusal = answer;
      smtp.manners = { onRecipient: (address) => (address === emailOf(9) ? 550 : 'take') };
      await ask(mailer, [requested(1, { recipient: emailOf(9) }), requested(2), requested(3)]);
      node = await mailer.node(smtp.url, undefined, { loops });
      await until(
        async () => (await ofStatus('sent')).length === 2 && (await ofStatus('failed')).length === 1,
      );
      const [failed] = await ofStatus('failed');
      expect(failed?.reason?.isWellFormed()).toBe(true);
      expect(failed?.reason).toMatch(/^550 /);
      expect(await eventsOf(mailer.database, mailFailed)).toMatchObject([{ reason: failed?.reason }]);
      expect(await openDeadLetters(mailer)).toEqual([]);
    },
  );
});
