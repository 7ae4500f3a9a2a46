/**
 * The service on nodes: requests and events over the broker, a real SMTP server, and nodes that
 * start and are killed.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { headers } from 'nats';
import type { DatabaseMethods } from '#mixins/database/database.mixin.ts';
import { IDENTITY_BUCKET } from '#mixins/identity/identity.ts';
import { createTestIssuer, type TestIssuer } from '#mixins/identity/issuer.fixture.ts';
import { serviceCause } from '#mixins/identity/request.ts';
import { streamName, subjectOf } from '#mixins/names.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import { platformOf } from '#mixins/platform.ts';
import { payoutMade } from '#schemas/events/accounting/payout-made.v1.ts';
import { taskPaid } from '#schemas/events/accounting/task-paid.v1.ts';
import { userRegistered } from '#schemas/events/auth/user-registered.v1.ts';
import { mailRequested } from '#schemas/events/mailer/mail-requested.v1.ts';
import { shuffleCompleted } from '#schemas/events/tasks/shuffle-completed.v1.ts';
import { taskCreated } from '#schemas/events/tasks/task-created.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import type { Config } from '../../config.ts';
import { startNode, type TestNode } from '../../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { NodeProcess } from '../../test/harness/system.ts';
import { until } from '../../test/harness/wait.ts';
import { drawn, emailOf, id, paid, payoutOf, requested, shuffled } from './mailer.fixture.ts';
import type { MailView } from './mails/mail-view.ts';
import { TestSmtp } from './sending/smtp.fixture.ts';

let config: Config;
let smtp: TestSmtp;
let nodes: TestNode[] = [];
let issuer: TestIssuer;

const first = () => nodes[0] as TestNode;
const database = () => (first().broker.getLocalService('mailer') as unknown as DatabaseMethods).database;
const cause = serviceCause('test');
/** Publishes events as another service's outbox would. */
const publish = (events: readonly NewEvent[]) => database().inTransaction((tx) => appendEvents(tx, events));

let number = 0;
/** Requests in this order. The subject of each is its number. */
function requestsTo(recipients: readonly string[], count: number) {
  return Array.from({ length: count }, (_, index) => {
    number += 1;
    const { data } = requested(number, {
      recipient: recipients[index % recipients.length] ?? '',
      subject: `Mail ${number}`,
    });
    return newEvent(mailRequested, data.requestId, 1, data, cause);
  });
}

/**
 * Publishes the newest event of the stream again as a new message, like a relay that lost its
 * acknowledgement for a long time.
 */
async function again(requestId: string): Promise<void> {
  const { bus } = platformOf(first().broker);
  const stream = streamName(config.namespace, 'mailer');
  const subject = subjectOf(config.namespace, mailRequested.type);
  const message = await bus.manager.streams.getMessage(stream, { last_by_subj: subject });
  expect(message.header.get('ce-subject')).toBe(`request/${requestId}`);
  const copy = headers();
  for (const key of message.header.keys()) {
    if (key !== 'Nats-Msg-Id') copy.set(key, message.header.get(key));
  }
  await bus.jetstream.publish(subject, message.data, { headers: copy });
}

async function mails(params: object, roles: readonly string[] = ['admin']) {
  const token = await issuer.token({ userId: randomUUID(), roles });
  return first().broker.call<{ items: MailView[]; nextCursor: string | null }, object>(
    'mailer.mails',
    params,
    {
      meta: { token },
    },
  );
}

beforeAll(async () => {
  smtp = await TestSmtp.start();
  config = testConfig({ smtpUrl: smtp.url });
  nodes = [await startNode(config, ['mailer']), await startNode(config, ['mailer'])];
  issuer = await createTestIssuer(config.namespace);
  const bucket = await platformOf(first().broker).bus.bucket(IDENTITY_BUCKET);
  await bucket.put(...issuer.entry);
  await until(async () => mails({}).catch(() => false));
});
afterEach(() => {
  smtp.manners = {};
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await smtp.stop();
  await dropNamespace(config);
});

describe('the mailer on two nodes', () => {
  it('MAIL-1, MAIL-2: sends the mails that other services request, to each recipient in order', async () => {
    const recipients = Array.from({ length: 7 }, (_, n) => `order${n}@popug.example`);
    const requests = requestsTo(recipients, 420);
    for (let from = 0; from < requests.length; from += 30) await publish(requests.slice(from, from + 30));
    await until(() => recipients.reduce((sum, each) => sum + smtp.takenBy(each).length, 0) >= 420, {
      within: 45_000,
      what: 'all mails to arrive',
    });
    for (const [index, recipient] of recipients.entries()) {
      const asked = requests.filter((_, n) => n % 7 === index).map(({ data }) => data.subject);
      expect(smtp.takenBy(recipient).map(({ subject }) => subject)).toEqual(asked);
    }
  }, 90_000);

  it('MAIL-3: a request that is in the stream twice is mailed once', async () => {
    const [request] = requestsTo(['twice@popug.example'], 1);
    if (request === undefined) throw new Error('One request');
    await publish([request]);
    await until(() => smtp.takenBy('twice@popug.example').length === 1);
    await again(request.aggregateId);
    await publish(requestsTo(['twice@popug.example'], 1));
    await until(() => smtp.takenBy('twice@popug.example').length >= 2);
    const subjects = smtp.takenBy('twice@popug.example').map(({ subject }) => subject);
    expect(subjects).toEqual([request.data.subject, `Mail ${number}`]);
  });

  it('ACC-5, MAIL-4, TASK-9: sends payouts and one digest after a shuffle, and nothing for other assignments', async () => {
    const account = {
      login: 'popug2',
      name: 'Pip',
      email: emailOf(2),
      locale: 'ru',
      roles: [],
      active: true,
    };
    const created = { taskId: id(81), title: 'Feed', externalId: null, description: '', assigneeId: id(2) };
    const lines = [paid({ entry: 11, employee: 2 }).data, paid({ entry: 12, employee: 2 }).data];
    await publish([
      newEvent(payoutMade, id(2), 1, payoutOf(101, 2, 6_000, 2).data, cause),
      ...lines.map((line, index) => newEvent(taskPaid, id(2), index + 2, line, cause)),
      newEvent(taskCreated, id(81), 1, { ...created, createdById: id(1), createdAt: 0 }, cause),
      newEvent(shuffleCompleted, id(701), 1, shuffled(701, { 2: 3 }).data, cause),
      ...[11, 12, 13].map((n) => newEvent(taskReassigned, id(n), 2, drawn(701, 2, n).data, cause)),
      newEvent(
        userRegistered,
        id(2),
        1,
        { ...account, userId: id(2), mustChangeBeak: false, tokenVersion: 1 },
        cause,
      ),
    ]);
    await until(() => smtp.takenBy(emailOf(2)).length >= 2, { what: 'payout and digest' });
    // When this mail arrives, everything before it in the streams has been handled.
    await publish(requestsTo([emailOf(2)], 1));
    await until(() => smtp.takenBy(emailOf(2)).length >= 3);
    const subjects = smtp.takenBy(emailOf(2)).map(({ subject }) => subject);
    expect(subjects.toSorted()).toEqual([
      `Mail ${number}`,
      expect.stringMatching(/^Выплата за 9 марта 2025/),
      'Задачи перемешаны: у вас 3 задачи',
    ]);
    expect(await mails({ recipient: emailOf(2) })).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ template: 'payout', status: 'sent' })]),
    });
  });
});

describe('the list of mails', () => {
  const recipient = 'Listed@popug.example';

  it('MAIL-2: shows each with its status and reason, filtered and page by page, newest first', async () => {
    smtp.manners = { onData: ({ subject }) => (subject === 'No' ? 554 : 'take') };
    const [first, second, third] = requestsTo([recipient], 3).map((event, index) =>
      newEvent(
        mailRequested,
        event.aggregateId,
        1,
        index === 1 ? { ...event.data, subject: 'No' } : event.data,
        cause,
      ),
    );
    if (first === undefined || second === undefined || third === undefined) throw new Error('Three requests');
    await publish([first, second, third]);
    const { items } = await until(async () => {
      const page = await mails({ recipient: recipient.toUpperCase() });
      return page.items.length === 3 && page.items.every(({ status }) => status !== 'queued') && page;
    });
    expect(items).toEqual(
      [third, second, first].map(({ data }) => ({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        status: data.subject === 'No' ? 'failed' : 'sent',
        template: 'plain',
        reference: `request/${data.requestId}`,
        recipient,
        subject: data.subject,
        requestedAt: expect.stringMatching(/Z$/),
        sentAt: data.subject === 'No' ? null : expect.stringMatching(/Z$/),
        attempts: 1,
        nextAttemptAt: null,
        reason: data.subject === 'No' ? expect.stringMatching(/^554/) : null,
      })),
    );
    expect((await mails({ recipient, status: 'failed' })).items).toEqual([items[1]]);
    expect((await mails({ reference: `request/${second.data.requestId.toUpperCase()}` })).items).toEqual([
      items[1],
    ]);
    expect((await mails({ recipient, template: 'plain', limit: 1 })).items).toEqual([items[0]]);
    expect((await mails({ recipient, template: 'payout' })).items).toEqual([]);
    const { requestedAt = '' } = items[1] ?? {};
    const at = items.filter((each) => each.requestedAt === requestedAt);
    const justAfter = new Date(Date.parse(requestedAt) + 1).toISOString();
    expect((await mails({ recipient, from: requestedAt, to: justAfter })).items).toEqual(at);
    expect((await mails({ recipient, to: requestedAt })).items).toEqual(
      items.filter((each) => each.requestedAt < requestedAt),
    );
    const page = await mails({ recipient, limit: 2 });
    expect(page.items).toEqual(items.slice(0, 2));
    const next = await mails({ recipient, limit: 2, cursor: page.nextCursor });
    expect(next).toEqual({ items: items.slice(2), nextCursor: null });
  });

  it.each<[string, object, readonly string[]]>([
    ['forbidden', {}, ['manager', 'accountant', 'boss']],
    ['VALIDATION_ERROR', { status: 'lost' }, ['admin']],
    ['VALIDATION_ERROR', { recipient: '' }, ['admin']],
    ['VALIDATION_ERROR', { recipient: 'a\0b' }, ['admin']],
    ['VALIDATION_ERROR', { limit: 201 }, ['admin']],
    ['VALIDATION_ERROR', { subject: 'payout' }, ['admin']],
    ['VALIDATION_ERROR', { reference: 'payout/1' }, ['admin']],
    ['validation_failed', { from: '2026-02-30' }, ['admin']],
    ['validation_failed', { from: '2026-02-02', to: '2026-02-01' }, ['admin']],
    ['invalid_cursor', { cursor: 'x' }, ['admin']],
    [
      'invalid_cursor',
      { cursor: Buffer.from('mails 99999999999999999999').toString('base64url') },
      ['admin'],
    ],
  ])('answers %s to %j of %j', async (type, params, roles) => {
    await expect(mails(params, roles)).rejects.toMatchObject({ type });
  });
});

describe('mailers that are killed while they send mails', () => {
  it('MAIL-1, MAIL-2, MAIL-3: every mail arrives, in order; one that was accepted but not recorded comes again under its Message-ID', async () => {
    const recipients = Array.from({ length: 5 }, (_, n) => `killed${n}@popug.example`);
    await Promise.all(nodes.map((node) => node.stop()));
    // This node only composes mails. Separate processes send them.
    nodes = [await startNode({ ...config, smtpUrl: null }, ['mailer'])];
    const processes = [0, 1].map(
      () =>
        new NodeProcess(['mailer'], {
          NATS_URL: config.natsUrls.join(','),
          DATABASE_URL: config.databaseUrl ?? '',
          NAMESPACE: config.namespace,
          SMTP_URL: smtp.url,
          LOG_LEVEL: 'warn',
        }),
    );
    const release = Promise.withResolvers<void>();
    let reached = 0;
    try {
      for (const process of processes) process.start();
      await publish(requestsTo(['up@popug.example'], 1));
      await until(() => smtp.takenBy('up@popug.example').length === 1, {
        within: 60_000,
        what: 'the nodes to be up',
      });
      // The 20th mail is accepted, and its sender is killed before the reply arrives.
      smtp.manners = {
        onData: async () => {
          reached += 1;
          if (reached >= 20) await release.promise;
          return 'take' as const;
        },
      };
      const requests = requestsTo(recipients, 100);
      await publish(requests);
      await until(() => reached >= 20 && smtp.read.length > 0, {
        within: 60_000,
        what: 'mails on their way',
      });
      await processes[0]?.kill();
      await processes[1]?.kill();
      // Makes their leases expire.
      await database().inTransaction((tx) =>
        tx.run('UPDATE mailbox SET due_at = now() WHERE leased_by IS NOT NULL'),
      );
      smtp.manners = {};
      release.resolve();
      for (const process of processes) process.start();
      const arrived = () => recipients.flatMap((each) => smtp.takenBy(each));
      const distinct = () => new Set(arrived().map(({ messageId }) => messageId));
      await until(() => distinct().size === 100, { within: 90_000, what: 'all mails to arrive' });
      await until(async () => (await mails({ status: 'queued' })).items.length === 0, { within: 20_000 });
      for (const [index, recipient] of recipients.entries()) {
        const asked = requests.filter((_, n) => n % 5 === index).map(({ data }) => data.subject);
        const taken = smtp.takenBy(recipient);
        // A mail that came twice came twice in a row.
        const subjects = taken
          .map(({ subject }) => subject)
          .filter((subject, n, all) => subject !== all[n - 1]);
        expect(subjects).toEqual(asked);
        expect(new Set(taken.map(({ raw }) => raw)).size).toBe(asked.length);
      }
      // At most one lane of each mailbox was sending.
      expect(arrived().length - 100).toBeLessThanOrEqual(recipients.length);
    } finally {
      await Promise.all(processes.map((process) => process.kill()));
    }
  }, 240_000);
});
