/** The queue with a real SMTP server that refuses, hangs, drops connections and is away. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { recordTraces } from '#mixins/tracing/recorder.fixture.ts';
import { mailFailed } from '#schemas/events/mailer/mail-failed.v1.ts';
import { mailSent } from '#schemas/events/mailer/mail-sent.v1.ts';
import { until } from '../../../test/harness/wait.ts';
import {
  ask,
  behindCommit,
  emailOf,
  empty,
  eventsOf,
  IMPATIENT,
  mailsOf,
  openMailer,
  requested,
  type TestMailer,
} from '../mailer.fixture.ts';
import { claimMails, LEASE_MS, renewLeases } from '../mails/mail.store.ts';
import type { ClaimedMail } from '../mails/mail.ts';
import type { MailWork } from './mail-work.client.ts';
import { settle } from './settle-mail.handler.ts';
import type { SmtpLimits } from './smtp.client.ts';
import { TestSmtp } from './smtp.fixture.ts';

let mailer: TestMailer;
let smtp: TestSmtp;
let nodes: MailWork[] = [];

beforeAll(async () => {
  mailer = await openMailer();
});
beforeEach(async () => {
  smtp = await TestSmtp.start();
});
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  nodes = [];
  await smtp.stop();
  await empty(mailer);
});
afterAll(() => mailer.close());

const startNode = async (limits: Partial<SmtpLimits> = {}) => {
  const node = await mailer.node(smtp.url, limits);
  nodes.push(node);
  return node;
};
const to = (n: number, ...numbers: number[]) =>
  numbers.map((number) => requested(number, { recipient: emailOf(n) }));
const statuses = async () => (await mailsOf(mailer.database)).map(({ status }) => status);
/** Fails with the first mails that were not sent, and the reasons. */
const allSent = (within = 20_000) =>
  until(
    async () => {
      const left = (await mailsOf(mailer.database)).filter(({ status }) => status !== 'sent');
      const shown = left.slice(0, 3).map(({ status, recipient, attempts, reason }) => {
        return `${status} to ${recipient} after ${attempts} attempts (${reason})`;
      });
      if (left.length > 0) throw new Error(`${left.length} are left: ${shown.join(', ')}`);
      return true;
    },
    { within, every: 50, what: 'all mails to be sent' },
  );
const mailboxes = () =>
  mailer.database.rows<{ address: string; due: Date; lease: string | null }>(
    'SELECT address, due_at AS due, leased_by AS lease, failures FROM mailbox ORDER BY address',
  );
const leasesAreOver = () =>
  mailer.database.inTransaction((tx) => tx.run('UPDATE mailbox SET due_at = now()'));
const subjects = (address: string) => smtp.takenBy(address).map(({ subject }) => subject);

describe('a mail of a recorded trace', () => {
  it('has a span for each attempt, without its recipient and its texts', async () => {
    const { traces, spans } = recordTraces();
    let attempts = 0;
    smtp.manners = { onRecipient: () => (attempts++ === 0 ? 451 : 'take') };
    const traceparent = `00-${'1'.repeat(32)}-b7ad6b7169203331-01`;
    await ask(mailer, [{ ...requested(1), traceparent }, requested(2)]);
    nodes.push(await mailer.node(smtp.url, {}, { traces }));
    await allSent();
    await until(() => spans.length >= 2, { what: 'the spans' });
    expect(spans).toMatchObject([
      { name: 'send mail', type: 'client', traceID: '1'.repeat(32), error: { type: 'deferred' } },
      { parentID: 'b7ad6b7169203331', service: { name: 'mailer' }, error: null },
    ]);
    const tags = { 'mail.id': expect.any(String), 'mail.template': 'plain' };
    expect(spans.map((span) => span.tags)).toEqual([tags, tags]);
  });
});

describe('a server that accepts mails', () => {
  it('MAIL-1: gets each once, as text and HTML, and the text is deleted afterwards', async () => {
    await ask(mailer, [
      requested(1, {
        recipientName: 'Пип "the" <Popug>',
        subject: 'Привет, Pip',
        text: 'Съешь ещё\n\nзёрен',
      }),
    ]);
    await startNode();
    await allSent();
    const [mail, ...others] = smtp.read;
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ to: emailOf(1), subject: 'Привет, Pip' });
    expect(mail?.text.trim()).toBe('Съешь ещё\n\nзёрен');
    expect(mail?.html).toContain('<p>зёрен</p>');
    expect(mail?.headers).toMatchObject({
      from: 'aTES <no-reply@ates.localhost>',
      'auto-submitted': 'auto-generated',
    });
    expect(await mailsOf(mailer.database)).toMatchObject([
      { status: 'sent', text: null, reason: null, attempts: 1 },
    ]);
    expect(await eventsOf(mailer.database, mailSent)).toMatchObject([
      { recipient: emailOf(1), template: 'plain', messageId: mail?.messageId },
    ]);
    expect(await mailer.database.rows('SELECT due_at, leased_by FROM mailbox')).toEqual([
      { due_at: null, leased_by: null },
    ]);
  });

  it('MAIL-2: gets the mails of a recipient in order, each once, from two nodes, many at a time', async () => {
    const people = [1, 2, 3, 4, 5, 6];
    smtp.manners = {
      onData: () => new Promise((resolve) => setTimeout(resolve, Math.random() * 5, 'take' as const)),
    };
    await Promise.all([startNode(), startNode()]);
    const all: number[] = [];
    for (let round = 0; round < 5; round++) {
      const numbers = Array.from({ length: 24 }, (_, index) => round * 24 + index + 1);
      all.push(...numbers);
      await ask(
        mailer,
        numbers.map((n) => requested(n, { recipient: emailOf(people[n % people.length] ?? 1) })),
      );
    }
    await allSent(40_000);
    expect(smtp.read).toHaveLength(all.length);
    for (const [index, n] of people.entries()) {
      const theirs = all.filter((number) => number % people.length === index);
      expect(subjects(emailOf(n))).toEqual(theirs.map((number) => `Subject ${number}`));
    }
    expect(await eventsOf(mailer.database, mailSent)).toHaveLength(all.length);
    // Connections are reused.
    expect(smtp.connections).toBeLessThan(all.length / 2);
  }, 90_000);
});

describe('a server that refuses', () => {
  it('MAIL-2: a recipient for good: the mail fails with the reason, the next one and others continue', async () => {
    smtp.manners = {
      onData: ({ subject }) => (subject === 'Subject 2' ? 554 : 'take'),
      onRecipient: (address) => (address === emailOf(9) ? 550 : 'take'),
    };
    await ask(mailer, [...to(9, 1), ...to(1, 2, 3), ...to(2, 4)]);
    await startNode();
    await until(async () => !(await statuses()).includes('queued'));
    const mails = await mailsOf(mailer.database);
    expect(mails.map(({ status }) => status)).toEqual(['failed', 'failed', 'sent', 'sent']);
    expect(mails[0]?.reason).toMatch(/^550 /);
    expect(mails[1]?.reason).toMatch(/^554 /);
    expect(await eventsOf(mailer.database, mailFailed)).toMatchObject([{}, {}]);
    expect(smtp.taken.map(({ subject }) => subject).toSorted()).toEqual(['Subject 3', 'Subject 4']);
  });

  it('MAIL-2: a recipient temporarily: it is tried again later, in order, and others do not wait', async () => {
    let tries = 0;
    let refusing = true;
    smtp.manners = {
      onRecipient: (address) => {
        if (address !== emailOf(9)) return 'take';
        tries += 1;
        return refusing ? 451 : 'take';
      },
    };
    await ask(mailer, [...to(9, 1, 2), ...to(1, 3)]);
    await startNode();
    await until(() => subjects(emailOf(1)).length === 1 && tries >= 2);
    expect(subjects(emailOf(9))).toEqual([]);
    const [waiting] = await mailsOf(mailer.database);
    expect(waiting).toMatchObject({ status: 'queued', reason: expect.stringMatching(/^451 /) });
    refusing = false;
    await allSent();
    expect(subjects(emailOf(9))).toEqual(['Subject 1', 'Subject 2']);
    expect((await mailsOf(mailer.database))[0]).toMatchObject({ attempts: tries - 1, reason: null });
    expect(await eventsOf(mailer.database, mailFailed)).toEqual([]);
  });

  it('B4, MAIL-2: many recipients, each with its own code: no other recipient waits, and no mail is lost', async () => {
    const ended = [500, 501, 504, 521, 550, 551, 553, 554, 556];
    const waiting = [421, 450, 451, 502, 503, 530, 535];
    const codes = new Map([...ended, ...waiting].map((code) => [emailOf(code), code]));
    smtp.manners = { onRecipient: (address) => codes.get(address) ?? 'take' };
    // The refused mails were requested first, and are more than there are lanes.
    const refused = [...codes.values()].flatMap((code) => to(code, code, code + 1_000));
    await ask(mailer, [...refused, ...to(1, 1, 2, 3), ...to(2, 4)]);
    await startNode();
    await until(() => smtp.taken.length === 4, { what: 'the other recipients to get their mails' });
    await until(async () => {
      const all = await statuses();
      const countOf = (wanted: string) => all.filter((status) => status === wanted).length;
      return countOf('failed') === 18 && countOf('sent') === 4;
    });
    expect(subjects(emailOf(1))).toEqual(['Subject 1', 'Subject 2', 'Subject 3']);
    const mails = await mailsOf(mailer.database);
    const ofStatus = (wanted: string) => mails.filter(({ status }) => status === wanted);
    expect(new Set(ofStatus('failed').map(({ reason }) => Number(reason?.slice(0, 3))))).toEqual(
      new Set(ended),
    );
    expect(new Set(ofStatus('queued').map(({ recipient }) => codes.get(recipient)))).toEqual(
      new Set(waiting),
    );
    expect(await eventsOf(mailer.database, mailFailed)).toHaveLength(18);
  });

  it('everyone, or the sender: the mails are not at fault and wait until it stops', async () => {
    let refusing = true;
    smtp.manners = { onConnect: () => (refusing ? 554 : 'take') };
    await ask(mailer, [...to(1, 1), ...to(2, 2)]);
    await startNode();
    await until(async () => (await mailsOf(mailer.database)).some(({ reason }) => /554/.test(reason ?? '')));
    smtp.manners = { onSender: () => (refusing ? 550 : 'take') };
    await until(async () => (await mailsOf(mailer.database)).some(({ reason }) => /550/.test(reason ?? '')));
    expect(await statuses()).toEqual(['queued', 'queued']);
    refusing = false;
    await allSent();
  });
});

describe('a server that hangs', () => {
  it('MAIL-2: at one recipient: others do not wait, and it gets its mail when the server works again', async () => {
    let hanging = true;
    smtp.manners = { onRecipient: (address) => (hanging && address === emailOf(9) ? 'hang' : 'take') };
    await ask(mailer, [...to(9, 1), ...to(1, 2), ...to(2, 3), ...to(1, 4)]);
    await startNode(IMPATIENT);
    await until(() => smtp.taken.length === 3);
    expect(subjects(emailOf(9))).toEqual([]);
    await until(async () => /imeout/.test((await mailsOf(mailer.database))[0]?.reason ?? ''));
    hanging = false;
    await allSent();
    expect(smtp.read).toHaveLength(4);
  });

  it('B4, MAIL-2: at more recipients than there are connections: hangs up on them, others do not wait, and each gets its mail once', async () => {
    const hanging = new Set(Array.from({ length: 40 }, (_, index) => emailOf(100 + index)));
    const thinking = new Set([emailOf(90), emailOf(91)]);
    smtp.manners = {
      onRecipient: (address) => (hanging.has(address) ? 'hang' : 'take'),
      onData: ({ to: address }) => (thinking.has(address) ? 'hang' : 'take'),
    };
    await ask(mailer, [...to(90, 1), ...to(91, 2)]);
    // No attempt ends by itself.
    const node = await mailer.node(smtp.url, { silenceMs: 600_000 }, { slowMs: 100 });
    nodes.push(node);
    await until(() => smtp.read.length === 2);
    await ask(
      mailer,
      [...hanging].map((recipient, index) => requested(100 + index, { recipient })),
    );
    await ask(mailer, to(1, 3, 4));
    await until(() => smtp.taken.length === 2, { within: 30_000, what: 'the other recipient to get mails' });
    expect(subjects(emailOf(1))).toEqual(['Subject 3', 'Subject 4']);
    const reasons = (await mailsOf(mailer.database)).map(({ reason }) => reason ?? '');
    expect(reasons).toContainEqual(expect.stringMatching(/^slow_recipient: hung up after \d+ s/));
    // The server has read these two, so the client waits for them.
    expect(reasons.slice(0, 2)).toEqual(['', '']);
    expect(smtp.read).toHaveLength(4);
    await node.stop();
    hanging.clear();
    thinking.clear();
    await startNode();
    await allSent();
    // Only the two mails that the server had read were sent again.
    expect(smtp.read).toHaveLength(44 + 2);
    expect(new Set(smtp.taken.map(({ subject }) => subject)).size).toBe(44);
    expect(await eventsOf(mailer.database, mailSent)).toHaveLength(44);
  }, 60_000);

  it('B4, MAIL-2: at many recipients each time: mailboxes that were refused, or hung only once, are tried again soon', async () => {
    const hanging = new Set(Array.from({ length: 16 }, (_, index) => emailOf(100 + index)));
    let tries = 0;
    smtp.manners = {
      onRecipient: (address) => {
        if (address === emailOf(9)) {
          tries += 1;
          return tries < 3 ? 450 : 'take';
        }
        return hanging.has(address) ? 'hang' : 'take';
      },
    };
    await ask(
      mailer,
      [...hanging].map((recipient, index) => requested(100 + index, { recipient })),
    );
    const first = await mailer.node(smtp.url, IMPATIENT, { slowMs: 100 });
    await until(async () => (await mailsOf(mailer.database)).every(({ attempts }) => attempts > 0));
    await first.stop();
    const before = smtp.connections;
    // All hang again, and no attempt ends by itself.
    const second = await mailer.node(smtp.url, { silenceMs: 600_000 }, { slowMs: 500 });
    nodes.push(second);
    await until(() => smtp.connections >= before + 4, { what: 'four more attempts that hang' });
    await ask(mailer, [...to(9, 1), ...to(1, 2)]);
    await until(() => smtp.taken.length === 2, { what: 'the mails to the others' });
    expect([subjects(emailOf(9)), subjects(emailOf(1)), tries]).toEqual([['Subject 1'], ['Subject 2'], 3]);
    // The node hung up on this one for the others. Its server answers now.
    const { recipient } = await until(async () =>
      (await mailsOf(mailer.database)).find(({ status, attempts }) => status === 'queued' && attempts > 1),
    );
    hanging.delete(recipient);
    await until(() => subjects(recipient).length === 1, { within: 60_000, what: 'the mail that hung' });
    await second.stop();
    hanging.clear();
    await leasesAreOver();
    await startNode();
    await allSent();
    expect(smtp.read).toHaveLength(18);
  }, 180_000);

  it('before its greeting: mails wait until it works again', async () => {
    let hanging = true;
    smtp.manners = { onConnect: () => (hanging ? 'hang' : 'take') };
    await ask(mailer, to(1, 1, 2));
    await startNode(IMPATIENT);
    await until(async () => /reeting|imeout/.test((await mailsOf(mailer.database))[0]?.reason ?? ''));
    hanging = false;
    await allSent();
    expect(subjects(emailOf(1))).toEqual(['Subject 1', 'Subject 2']);
  });
});

describe('a server that drops the connection after it accepted a mail', () => {
  it('MAIL-3: gets it again, identical and with the same Message-ID, before the next one', async () => {
    const dropped = new Set<string>();
    smtp.manners = {
      onData: ({ subject }) => {
        if (subject !== 'Subject 1' || dropped.has(subject)) return 'take';
        dropped.add(subject);
        return 'drop';
      },
    };
    await ask(mailer, [...to(1, 1, 2), ...to(2, 3)]);
    await startNode();
    await allSent();
    const [first, second] = smtp.read.filter(({ subject }) => subject === 'Subject 1');
    expect(first?.messageId).toMatch(/^<[0-9a-f]{32}@ates\.localhost>$/);
    expect(second?.raw).toBe(first?.raw);
    expect(smtp.read).toHaveLength(4);
    expect(subjects(emailOf(1))).toEqual(['Subject 1', 'Subject 2']);
    expect(await eventsOf(mailer.database, mailSent)).toHaveLength(3);
  });
});

describe('a server that is away', () => {
  it('MAIL-1: gets every mail once it is back, in order', async () => {
    await smtp.stop();
    await ask(mailer, [...to(1, 1, 2, 3), ...to(2, 4, 5)]);
    await startNode();
    await until(async () =>
      (await mailsOf(mailer.database)).some(({ reason }) => /ECONNREFUSED/.test(reason ?? '')),
    );
    const tried = async () => (await mailsOf(mailer.database)).filter(({ attempts }) => attempts > 0);
    await until(async () => (await tried()).some(({ attempts }) => attempts >= 3));
    expect(await statuses()).toEqual(Array.from({ length: 5 }, () => 'queued'));
    // Only the first mail of each recipient probes the server, however many wait.
    expect((await tried()).length).toBeLessThanOrEqual(2);
    await smtp.start();
    await allSent();
    expect(subjects(emailOf(1))).toEqual(['Subject 1', 'Subject 2', 'Subject 3']);
    expect(subjects(emailOf(2))).toEqual(['Subject 4', 'Subject 5']);
  });

  it('MAIL-1: without a configured server mails stay in the queue', async () => {
    const node = await mailer.node(null);
    nodes.push(node);
    await ask(mailer, to(1, 1));
    expect(await statuses()).toEqual(['queued']);
    await startNode();
    await allSent();
  });
});

describe('a node', () => {
  it('that stops returns unfinished mails, and another one sends them', async () => {
    let hanging = true;
    smtp.manners = { onRecipient: () => (hanging ? 'hang' : 'take') };
    await ask(mailer, to(1, 1, 2));
    const first = await mailer.node(smtp.url, { silenceMs: 600_000 });
    await until(() => smtp.connections === 1);
    // The wait for the server would be ten times as long as this test may take.
    await first.stop();
    hanging = false;
    await startNode();
    await allSent();
    expect(subjects(emailOf(1))).toEqual(['Subject 1', 'Subject 2']);
  });

  it('MAIL-2: that died is replaced when its lease is over, not before', async () => {
    await ask(mailer, to(1, 1, 2));
    const [lease] = await mailer.database.inTransaction((tx) =>
      tx.rows<{ over: Date }>(
        `UPDATE mailbox SET leased_by = gen_random_uuid(), due_at = now() + interval '3 seconds' RETURNING due_at AS over`,
      ),
    );
    await startNode();
    await allSent();
    const early = await mailer.database.rows('SELECT id FROM mail WHERE sent_at < $1', [lease?.over]);
    expect(early).toEqual([]);
    expect(subjects(emailOf(1))).toEqual(['Subject 1', 'Subject 2']);
  });
});

describe('a database whose answer gets lost after its commit', () => {
  interface Loss {
    /** Selects the kind of commit whose first answer gets lost. */
    readonly of: (given: readonly unknown[], result: unknown) => boolean;
    /** When the connection breaks. By default at once. */
    readonly when?: () => Promise<unknown>;
    readonly leaseMs?: number;
  }
  /** Counts the commits whose answers are lost, and their repetitions. */
  async function nodeThatLoses({ of, when, leaseMs = LEASE_MS }: Loss) {
    const commits = { made: 0 };
    const through = (database: TestMailer['database']) =>
      behindCommit(database, async (given, result) => {
        if (!of(given, result)) return;
        commits.made += 1;
        if (commits.made > 1) return;
        await when?.();
        throw new Error('Connection terminated unexpectedly');
      });
    const node = await mailer.node(smtp.url, { silenceMs: 600_000 }, { through, leaseMs });
    nodes.push(node);
    return { node, commits };
  }
  const idOf = async (subject: string) => {
    const [mail] = await mailer.database.rows<{ id: string }>('SELECT id FROM mail WHERE subject = $1', [
      subject,
    ]);
    if (mail === undefined) throw new Error(`There is no mail ${subject}`);
    return mail.id;
  };
  /** The server delays mails of this subject until the returned function is called. */
  function holdUp(subject: string): () => void {
    const { promise, resolve } = Promise.withResolvers<'take'>();
    smtp.manners = { onData: (mail) => (mail.subject === subject ? promise : 'take') };
    return () => resolve('take');
  }

  it("MAIL-2, MAIL-3: that a mail was sent: it is published once, and does not affect the next one's lease", async () => {
    await ask(mailer, to(1, 1, 2, 3));
    const first = await idOf('Subject 1');
    const goOn = holdUp('Subject 2');
    const { node, commits } = await nodeThatLoses({
      of: (given) => given.includes(first),
      // The same node is sending the next one by then.
      when: () => until(() => smtp.read.length === 2),
    });
    await until(() => commits.made === 2, { what: 'the end of the first mail to be written down again' });
    // A node that looks for mailboxes finds this one now, and would also find that of the second
    // mail.
    await ask(mailer, to(2, 4));
    await until(() => subjects(emailOf(2)).length === 1);
    goOn();
    await allSent();
    await node.stop();
    expect(
      smtp.read.filter(({ to: address }) => address === emailOf(1)).map(({ subject }) => subject),
    ).toEqual(['Subject 1', 'Subject 2', 'Subject 3']);
    expect(await eventsOf(mailer.database, mailSent)).toHaveLength(4);
    expect((await mailsOf(mailer.database)).map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1]);
  });

  it('MAIL-2: that a mail is deferred: the attempt counts once', async () => {
    let tries = 0;
    smtp.manners = { onRecipient: () => (++tries === 1 ? 451 : 'take') };
    await ask(mailer, to(1, 1));
    const first = await idOf('Subject 1');
    await nodeThatLoses({ of: (given) => given.includes(first) });
    await allSent();
    expect(tries).toBe(2);
    expect(await mailsOf(mailer.database)).toMatchObject([{ attempts: 2 }]);
  });

  it('MAIL-1: that a mailbox was leased: its mail waits for the end of that lease, even while others are sent', async () => {
    const goOn = holdUp('Subject 1');
    await ask(mailer, to(1, 1));
    const claims9 = (_: readonly unknown[], result: unknown) =>
      Array.isArray(result) && result.some((mail: ClaimedMail) => mail.mailbox === emailOf(9));
    await nodeThatLoses({ of: claims9, leaseMs: 3_000 });
    await until(() => smtp.read.length === 1);
    await ask(mailer, to(9, 2));
    await until(() => subjects(emailOf(9)).length === 1, { within: 15_000 });
    goOn();
    await allSent();
    // The lease of the first one was renewed all the time.
    expect(smtp.read.map(({ subject }) => subject)).toEqual(['Subject 1', 'Subject 2']);
  });
});

describe('a lease', () => {
  const claimAll = () =>
    mailer.database.inTransaction((tx) =>
      claimMails(tx, { most: 8, mostFailing: 4, mostSlow: 2, mostAbandoned: 4 }, 60_000),
    );
  const everything = async () => [await mailsOf(mailer.database), await mailboxes()];

  it('MAIL-2: that another node has by now lets a node record only that a mail was sent', async () => {
    await ask(mailer, to(1, 1, 2));
    const [first] = await claimAll();
    await leasesAreOver();
    const [second] = await claimAll();
    if (first === undefined || second === undefined) throw new Error('It is claimed twice');
    expect(second).toMatchObject({ id: first.id });
    const before = await everything();
    for (const kind of ['refused', 'deferred', 'unreachable'] as const) {
      await settle(mailer.database, first, { kind, reason: 'said the server' });
    }
    expect(await everything()).toEqual(before);
    expect(await eventsOf(mailer.database, mailFailed)).toEqual([]);
    await settle(mailer.database, first, { kind: 'sent' });
    expect(await statuses()).toEqual(['sent', 'queued']);
    expect(await mailboxes()).toEqual(before[1]);
    await settle(mailer.database, second, { kind: 'sent' });
    expect(await eventsOf(mailer.database, mailSent)).toHaveLength(1);
    expect(await claimAll()).toMatchObject([{ subject: 'Subject 2' }]);
  });

  it('belongs to one mailbox, and is renewed and ended without the others of the same claim', async () => {
    await ask(mailer, [...to(1, 1), ...to(2, 2), ...to(3, 3)]);
    const [first, second] = (await claimAll()).toSorted((a, b) => (a.mailbox < b.mailbox ? -1 : 1));
    if (first === undefined || second === undefined) throw new Error('Three are claimed');
    await leasesAreOver();
    await settle(mailer.database, first, { kind: 'sent' });
    await mailer.database.inTransaction((tx) => renewLeases(tx, [first.lease, second.lease], 60_000));
    expect(await mailboxes()).toMatchObject([{ lease: null, due: null }, { lease: second.lease }, {}]);
    expect(await claimAll()).toMatchObject([{ mailbox: emailOf(3) }]);
  });
});
