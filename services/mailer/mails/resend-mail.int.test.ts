/** Failed mails that an admin sends again, with a real SMTP server. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { discard } from '#mixins/consumer/dead-letters.ts';
import type { Request } from '#mixins/identity/request.ts';
import { deadLetterItem } from '#mixins/loops/item-dead-letters.ts';
import { Loops } from '#mixins/loops/loops.ts';
import { mailFailed } from '#schemas/events/mailer/mail-failed.v1.ts';
import { mailRequeued } from '#schemas/events/mailer/mail-requeued.v1.ts';
import { mailSent } from '#schemas/events/mailer/mail-sent.v1.ts';
import { until } from '../../../test/harness/wait.ts';
import {
  ask,
  emailOf,
  empty,
  eventsOf,
  openDeadLetters,
  openMailer,
  payoutOf,
  putUsers,
  requested,
  sourceOf,
  type TestMailer,
} from '../mailer.fixture.ts';
import { takePostings } from '../payouts/take-postings.handler.ts';
import type { MailWork } from '../sending/mail-work.client.ts';
import { mailsWork } from '../sending/settle-mail.handler.ts';
import { TestSmtp } from '../sending/smtp.fixture.ts';
import { MAILS, mailItem } from './items.ts';
import { readMail } from './read-mail.query.ts';
import { resendMail } from './resend-mail.handler.ts';

const ADMIN = randomUUID();
const cause = {
  actorId: ADMIN,
  actorAddress: '192.0.2.7',
  correlationId: 'r-1',
  causationId: null,
  traceparent: null,
};
type Resend = Pick<Request, 'cause' | 'idempotency'>;
const byKey = (key: string): Resend => ({
  cause,
  idempotency: { userId: ADMIN, route: 'mailer.resend', key, fingerprint: 'f' },
});
const plain: Resend = { cause, idempotency: null };

let mailer: TestMailer;
let smtp: TestSmtp;
let node: MailWork | undefined;
/** Whether the server refuses all mails. */
let refuses: boolean;

beforeAll(async () => {
  mailer = await openMailer();
});
beforeEach(async () => {
  refuses = true;
  smtp = await TestSmtp.start({ onRecipient: () => (refuses ? 550 : 'take') });
});
afterEach(async () => {
  await node?.stop();
  node = undefined;
  await smtp.stop();
  await empty(mailer);
});
afterAll(() => mailer.close());

const onlyId = async () => {
  const [mail] = await mailer.database.rows<{ id: string }>('SELECT id FROM mail ORDER BY position');
  return mail?.id ?? '';
};
const read = async () => readMail(mailer.database, await onlyId());
const resend = async (request = plain) => resendMail(mailer.database, await onlyId(), request);
const state = async () => [
  await mailer.database.rows('SELECT * FROM mail ORDER BY position'),
  await mailer.database.rows('SELECT * FROM mailbox ORDER BY address'),
  await mailer.database.rows('SELECT * FROM outbox ORDER BY position'),
];

describe('a mail that failed', () => {
  beforeEach(async () => {
    await ask(mailer, [requested(1, { recipient: emailOf(1) })]);
    node = await mailer.node(smtp.url);
    await until(async () => (await read()).status === 'failed');
  });

  it('MAIL-5, AUD-1: is sent when an admin sends it again; its events have the versions 1, 2 and 3', async () => {
    refuses = false;
    const answer = await resend();
    expect(answer).toMatchObject({ status: 'queued', reason: null, sentAt: null, attempts: 1 });
    expect(answer.nextAttemptAt).toEqual(expect.any(String));
    await until(async () => (await read()).status === 'sent');
    expect(await read()).toMatchObject({ attempts: 2, reason: null, nextAttemptAt: null, text: null });
    expect(smtp.taken).toHaveLength(1);
    const events = await mailer.database.rows(
      'SELECT type, sequence, actor_id FROM outbox ORDER BY position',
    );
    expect(events).toEqual([
      { type: mailFailed.type, sequence: 1, actor_id: 'service:mailer' },
      { type: mailRequeued.type, sequence: 2, actor_id: ADMIN },
      { type: mailSent.type, sequence: 3, actor_id: 'service:mailer' },
    ]);
  });

  it('MAIL-5: is sent once by two calls at a time', async () => {
    refuses = false;
    const results = await Promise.allSettled([resend(), resend()]);
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.type] : []));
    expect(refused).toEqual(['mail_not_failed']);
    await until(async () => (await read()).status === 'sent');
    expect(smtp.taken).toHaveLength(1);
    expect(await eventsOf(mailer.database, mailRequeued)).toHaveLength(1);
  });

  it('MAIL-5: gives the first answer to a repeated key, and may fail again', async () => {
    const first = await resend(byKey('k'));
    await until(async () => (await eventsOf(mailer.database, mailFailed)).length === 2);
    expect(await resend(byKey('k'))).toEqual(first);
    expect((await read()).status).toBe('failed');
    expect(await eventsOf(mailer.database, mailRequeued)).toHaveLength(1);
  });

  it('MAIL-1: is shown with its text, its reference and its attempts', async () => {
    const mail = await read();
    expect(mail.text).toContain('Text 1');
    expect(mail).toMatchObject({ attempts: 1, nextAttemptAt: null, reason: expect.stringContaining('550') });
    expect(mail.reference).toMatch(/^request\/[0-9a-f-]{36}$/);
  });
});

describe('a failed mail to a person whose address has changed', () => {
  const NEW = 'pip@nest.example';
  const failedMail = async () => {
    node = await mailer.node(smtp.url);
    await until(async () => (await read()).status === 'failed');
    await putUsers(mailer.database, [{ n: 1, name: 'Pip', email: NEW, version: 2 }]);
    refuses = false;
  };
  beforeEach(() => putUsers(mailer.database, [{ n: 1 }]));

  it('MAIL-5: goes to the new address', async () => {
    await mailer.database.inTransaction((tx) => takePostings([payoutOf(101, 1, 900, 0)], tx));
    await mailer.compose();
    await failedMail();
    expect(await resend()).toMatchObject({ recipient: NEW, status: 'queued' });
    await until(async () => (await read()).status === 'sent');
    expect(smtp.taken.map(({ to }) => to)).toEqual([NEW]);
    expect(await eventsOf(mailer.database, mailRequeued)).toMatchObject([{ recipient: NEW }]);
    expect(await eventsOf(mailer.database, mailSent)).toMatchObject([{ recipient: NEW }]);
  });

  it('MAIL-5: goes to the address of its request, which may be meant for the one they left', async () => {
    const data = JSON.stringify({ what: 'email', login: 'pip', at: 0, email: NEW });
    const report = { recipient: emailOf(1), template: 'account-changed', data, subject: null, text: null };
    await ask(mailer, [requested(1, report)]);
    await failedMail();
    expect(await resend()).toMatchObject({ recipient: emailOf(1), status: 'queued' });
    await until(async () => (await read()).status === 'sent');
    expect(smtp.taken.map(({ to }) => to)).toEqual([emailOf(1)]);
  });
});

describe('a failed mail with a code', () => {
  const fail = async (time: Date) => {
    const data = JSON.stringify({ login: 'pip' });
    const mail = requested(1, { template: 'recovery', data, subject: null, text: null });
    await ask(mailer, [{ ...mail, time }]);
    node = await mailer.node(smtp.url);
    await until(async () => (await read()).status === 'failed');
  };

  it('MAIL-5: is sent again while the code is valid', async () => {
    await fail(new Date());
    refuses = false;
    expect(await resend()).toMatchObject({ status: 'queued' });
  });

  it('MAIL-5: stays failed when the code has expired', async () => {
    await fail(new Date(Date.now() - 3_600_001));
    const before = await state();
    await expect(resend()).rejects.toMatchObject({ type: 'mail_expired' });
    expect(await state()).toEqual(before);
  });
});

describe('a mail that did not fail', () => {
  it('MAIL-5: is refused and stays as it is', async () => {
    await ask(mailer, [requested(1)]);
    const queued = await state();
    await expect(resend()).rejects.toMatchObject({ type: 'mail_not_failed' });
    expect(await state()).toEqual(queued);
    refuses = false;
    node = await mailer.node(smtp.url);
    await until(async () => (await read()).status === 'sent');
    const sent = await state();
    await expect(resend()).rejects.toMatchObject({ type: 'mail_not_failed' });
    expect(await state()).toEqual(sent);
  });

  it('MAIL-5: is unknown', async () => {
    await expect(resendMail(mailer.database, randomUUID(), plain)).rejects.toMatchObject({
      type: 'not_found',
    });
    await expect(readMail(mailer.database, randomUUID())).rejects.toMatchObject({ type: 'not_found' });
  });
});

describe('a mail without a text', () => {
  it('MAIL-5: was refused before it was composed, and stays failed', async () => {
    await ask(mailer, [requested(1, { recipient: 'nobody' })]);
    const before = await state();
    await expect(resend()).rejects.toMatchObject({ type: 'conflict' });
    expect(await state()).toEqual(before);
  });
});

describe('a mail that an operator discarded', () => {
  it('MAIL-5: is sent when an admin sends it again; its first event is version 1', async () => {
    refuses = false;
    await ask(mailer, [requested(1, { recipient: emailOf(1) })]);
    const loops = new Loops({ service: 'mailer', log: { info() {}, warn() {}, error() {} } });
    loops.register(mailsWork());
    const [row] = await mailer.database.rows<Parameters<typeof mailItem>[0]>(
      `SELECT id, mailbox, message_id AS "messageId", request_key AS "requestKey", template, recipient, subject,
         correlation_id AS "correlationId", causation_id AS "eventId", traceparent FROM mail`,
    );
    if (row === undefined) throw new Error('One mail');
    const item = mailItem(row, { kind: 'refused', reason: '550' });
    await mailer.database.inTransaction((tx) => deadLetterItem(tx, MAILS, item, new Error('Unlucky'), 1));
    const [letter] = await openDeadLetters(mailer);
    await discard(sourceOf(mailer, loops), letter?.id ?? '', cause, 'of no use');
    expect((await read()).status).toBe('failed');

    await resend();
    node = await mailer.node(smtp.url);
    await until(async () => (await read()).status === 'sent');
    const events = await mailer.database.rows(
      `SELECT type, sequence FROM outbox WHERE type LIKE 'mailer.mail.%' ORDER BY position`,
    );
    expect(events).toEqual([
      { type: mailRequeued.type, sequence: 1 },
      { type: mailSent.type, sequence: 2 },
    ]);
  });
});
