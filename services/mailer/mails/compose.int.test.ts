import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mailFailed } from '#schemas/events/mailer/mail-failed.v1.ts';
import { digestsWork } from '../digests/compose-digests.handler.ts';
import { type DrawDelivery, takeDraws } from '../digests/take-draws.handler.ts';
import {
  ask,
  billed,
  clearFacts,
  closed,
  drawn,
  emailOf,
  empty,
  eventsOf,
  id,
  mailsOf,
  openMailer,
  paid,
  passOf,
  payoutOf,
  posted,
  putUsers,
  requested,
  shuffled,
  type TestMailer,
} from '../mailer.fixture.ts';
import { payoutsWork } from '../payouts/compose-payouts.handler.ts';
import { type PostingDelivery, takePostings } from '../payouts/take-postings.handler.ts';
import { requestsWork } from '../requests/compose-requests.handler.ts';
import { type RequestDelivery, takeRequests } from '../requests/take-requests.handler.ts';

let mailer: TestMailer;
beforeAll(async () => {
  mailer = await openMailer();
});
afterEach(() => empty(mailer));
afterAll(() => mailer.close());

const post = (...batch: PostingDelivery[]) => mailer.database.inTransaction((tx) => takePostings(batch, tx));
const draw = (...batch: DrawDelivery[]) => mailer.database.inTransaction((tx) => takeDraws(batch, tx));
const keys = async () => (await mailsOf(mailer.database)).map(({ requestKey }) => requestKey);
const left = async () => {
  const [counts] = await mailer.database.rows<{ operations: number; draws: number }>(
    'SELECT (SELECT count(*) FROM operation) AS operations, (SELECT count(*) FROM draw) AS draws',
  );
  return counts;
};
const run = (sql: string) => mailer.database.inTransaction((tx) => tx.run(sql));
/** Makes all waiting items due, as if their pauses were over. */
const pausesAreOver = async () => {
  await run('UPDATE payout SET due_at = now()');
  await run('UPDATE digest SET due_at = now()');
};

describe('a payout', () => {
  const lines = () => [
    billed({ entry: 11, employee: 2 }),
    paid({ entry: 12, employee: 2 }),
    posted({ entry: 13, employee: 2 }),
  ];

  it('ACC-5: becomes one mail with the amount and the operations of the day', async () => {
    await putUsers(mailer.database, [{ n: 2, name: 'Mia' }]);
    await post(...lines(), payoutOf(101, 2, 2_200, 3));
    await mailer.compose();
    const [mail, ...others] = await mailsOf(mailer.database);
    expect(others).toEqual([]);
    expect(mail).toMatchObject({
      requestKey: `payout:${id(101)}`,
      recipient: emailOf(2),
      status: 'queued',
      template: 'payout',
      subject: 'Payout for March 9, 2025: $22.00',
    });
    expect(mail?.text?.split('\n').slice(4, -1)).toEqual([
      'Your operations of the day:',
      '',
      '  12:11  -$15.00  Fee: [POPUG-11] Task 11',
      '  12:12   $30.00  Reward: Task 12',
      '  12:13    $7.00  Adjustment: For the patience',
    ]);
  });

  it('ACC-5, ACC-10: ignores lines of an owner who is not an employee, whatever their id', async () => {
    await putUsers(mailer.database, [{ n: 2 }, { n: 3 }]);
    const vendors = [14, 15].map((entry) => posted({ entry, employee: 2, ownerType: 'vendor' }));
    await post(...vendors, posted({ entry: 16, employee: 3, ownerType: 'vendor' }));
    await mailer.compose();
    expect(await keys()).toEqual([]);
    expect(await left()).toEqual({ operations: 0, draws: 0 });
    await post(...lines(), payoutOf(101, 2, 2_200, 3));
    await mailer.compose();
    const [mail, ...others] = await mailsOf(mailer.database);
    expect(others).toEqual([]);
    expect(mail?.text?.split('\n').filter((line) => line.startsWith('  '))).toHaveLength(3);
  });

  it('ACC-5: waits for the last of its lines, whichever event comes last', async () => {
    await putUsers(mailer.database, [{ n: 2 }, { n: 3 }]);
    const [fee, reward, posting] = lines();
    if (fee === undefined || reward === undefined || posting === undefined) throw new Error('Three lines');
    await post(payoutOf(101, 2, 2_200, 3), posting, fee);
    // Other payouts do not wait for it.
    await post(payoutOf(102, 3, 900, 0));
    await mailer.compose();
    expect(await keys()).toEqual([`payout:${id(102)}`]);
    await post(reward);
    await pausesAreOver();
    await mailer.compose();
    expect(await keys()).toEqual([`payout:${id(102)}`, `payout:${id(101)}`]);
  });

  it('waits for an unknown employee, and others do not wait for it', async () => {
    await putUsers(mailer.database, [{ n: 3 }]);
    await post(payoutOf(101, 2, 2_200, 0), payoutOf(102, 3, 900, 0));
    await mailer.compose();
    expect(await keys()).toEqual([`payout:${id(102)}`]);
    await putUsers(mailer.database, [{ n: 2, locale: 'ru' }]);
    await mailer.compose();
    expect((await mailsOf(mailer.database)).at(-1)).toMatchObject({
      recipient: emailOf(2),
      subject: expect.stringContaining('Выплата за 9 марта'),
    });
  });

  it('uses the configured language if the employee has chosen none, and English for another language', async () => {
    const settings = { ...mailer.config, locale: 'ru' };
    await putUsers(mailer.database, [{ n: 2 }, { n: 3, locale: 'en' }, { n: 4, locale: 'de' }]);
    await post(payoutOf(102, 2, 1, 0), payoutOf(103, 3, 1, 0), payoutOf(104, 4, 1, 0));
    await passOf(payoutsWork(mailer.database, settings));
    const subjects = new Map((await mailsOf(mailer.database)).map((mail) => [mail.recipient, mail.subject]));
    expect(subjects.get(emailOf(2))).toMatch(/^Выплата/);
    expect(subjects.get(emailOf(3))).toMatch(/^Payout/);
    expect(subjects.get(emailOf(4))).toMatch(/^Выплата/);
  });

  it('MAIL-2: mails of an employee leave in the order of the days, even if the later one is complete first', async () => {
    await putUsers(mailer.database, [{ n: 2 }]);
    await post(payoutOf(102, 2, 900, 0, '2025-03-10'), payoutOf(101, 2, 2_200, 3));
    await mailer.compose();
    expect(await keys()).toEqual([]);
    await post(...lines());
    await pausesAreOver();
    await mailer.compose();
    expect(await keys()).toEqual([`payout:${id(101)}`, `payout:${id(102)}`]);
  });

  it('MAIL-3: is mailed once, however often its events come, and leaves nothing behind', async () => {
    await putUsers(mailer.database, [{ n: 2 }, { n: 3 }]);
    const batch = [...lines(), payoutOf(101, 2, 2_200, 3)];
    for (let times = 0; times < 3; times++) {
      await post(...batch);
      await mailer.compose();
      while ((await clearFacts(mailer.database, 0)) > 0);
    }
    expect(await keys()).toEqual([`payout:${id(101)}`]);
    expect(await left()).toEqual({ operations: 0, draws: 0 });
  });

  it('MAIL-3: is mailed once, whichever of several nodes composes it', async () => {
    await putUsers(mailer.database, [{ n: 2 }, { n: 3 }, { n: 4 }]);
    await post(
      ...[2, 3, 4].flatMap((n) =>
        Array.from({ length: 40 }, (_, k) =>
          payoutOf(n * 100 + k, n, 1, 0, `2025-01-${String(1 + (k % 28)).padStart(2, '0')}`),
        ),
      ),
    );
    await Promise.all([mailer.compose(), mailer.compose(), mailer.compose()]);
    await mailer.compose();
    expect(new Set(await keys()).size).toBe(120);
    expect((await keys()).length).toBe(120);
  });

  it('with many lines lists the first thousand, and counts the rest', async () => {
    await putUsers(mailer.database, [{ n: 2 }]);
    const many = Array.from({ length: 1_003 }, (_, index) => billed({ entry: 1_000 + index, employee: 2 }));
    await post(...many, payoutOf(101, 2, 100, 1_003));
    await mailer.compose();
    const [mail] = await mailsOf(mailer.database);
    expect(mail?.text?.match(/Fee: /g)).toHaveLength(1_000);
    expect(mail?.text).toContain('and 3 more operations');
    // The earlier balance makes up for 1,003 fees of 15 dollars.
    expect(mail?.text).toContain('$15,046.00  Carried over');
  });

  it('whose lines do not arrive within a day is mailed with those that did, and says so', async () => {
    await putUsers(mailer.database, [{ n: 2 }]);
    await post(billed({ entry: 11, employee: 2 }), payoutOf(101, 2, 2_200, 3));
    await mailer.compose();
    expect(await keys()).toEqual([]);
    await run(`UPDATE payout SET heard_at = now() - interval '25 hours', due_at = now()`);
    await mailer.compose();
    const [mail] = await mailsOf(mailer.database);
    expect(mail?.text).toContain('and 2 more operations');
    expect(mail?.text).not.toContain('Carried over');
  });

  it('MAIL-2: to an invalid address fails for good, with the reason and an event', async () => {
    await putUsers(mailer.database, [{ n: 2, email: 'nobody' }]);
    await post(payoutOf(101, 2, 2_200, 0));
    await mailer.compose();
    const reason = expect.stringMatching(/^invalid_recipient/);
    expect(await mailsOf(mailer.database)).toMatchObject([{ status: 'failed', recipient: 'nobody', reason }]);
    expect(await eventsOf(mailer.database, mailFailed)).toMatchObject([
      { requestId: `payout:${id(101)}`, recipient: 'nobody', template: 'payout', reason },
    ]);
  });
});

describe('the lines of a day', () => {
  it('are deleted when the day is closed and all of its payouts are mailed; those of the next day stay', async () => {
    await putUsers(mailer.database, [{ n: 2 }]);
    await post(
      billed({ entry: 11, employee: 3 }),
      billed({ entry: 12, employee: 3, day: '2025-03-10' }),
      closed(1),
    );
    while ((await clearFacts(mailer.database, 0)) > 0);
    expect(await left()).toMatchObject({ operations: 2 });
    await post(payoutOf(101, 2, 2_200, 0));
    while ((await clearFacts(mailer.database, 0)) > 0);
    expect(await left()).toMatchObject({ operations: 2 });
    await mailer.compose();
    while ((await clearFacts(mailer.database, 0)) > 0);
    expect(await left()).toMatchObject({ operations: 1 });
    // A redelivered line is not stored again.
    await post(billed({ entry: 11, employee: 3 }));
    expect(await left()).toMatchObject({ operations: 1 });
  });

  it('stay while overlapping redeliveries may come', async () => {
    await putUsers(mailer.database, [{ n: 2 }]);
    await post(billed({ entry: 11, employee: 2 }), payoutOf(101, 2, 2_200, 1));
    await mailer.compose();
    expect(await clearFacts(mailer.database)).toBe(0);
    expect(await left()).toMatchObject({ operations: 1 });
  });
});

describe('a shuffle', () => {
  it('MAIL-4: becomes one digest for each person, not one mail for each task', async () => {
    await putUsers(mailer.database, [{ n: 2 }, { n: 3 }]);
    await draw(drawn(701, 2, 11), drawn(701, 3, 12), drawn(701, 2, 14), shuffled(701, { 2: 2, 3: 1 }));
    await mailer.compose();
    const mails = await mailsOf(mailer.database);
    expect(
      mails.map(({ recipient, subject, template }) => [recipient, subject, template]).toSorted(),
    ).toEqual([
      [emailOf(2), 'After the shuffle: 2 tasks for you', 'digest'],
      [emailOf(3), 'After the shuffle: 1 task for you', 'digest'],
    ]);
    const mia = mails.find(({ recipient }) => recipient === emailOf(2));
    expect(mia?.text).toContain('  - [POPUG-11] Task 11\n  - Task 14\n');
  });

  it('TASK-9: other assignments send no mail', async () => {
    await putUsers(mailer.database, [{ n: 2 }]);
    await draw(drawn(701, 2, 11), drawn(701, 2, 12));
    await mailer.compose();
    expect(await keys()).toEqual([]);
  });

  it('MAIL-4: waits for all draws of its person only', async () => {
    await putUsers(mailer.database, [{ n: 2 }, { n: 3 }]);
    await draw(shuffled(701, { 2: 2, 3: 1 }), drawn(701, 3, 12), drawn(701, 2, 11));
    await mailer.compose();
    expect(await keys()).toEqual([`digest:${id(701)}:${id(3)}`]);
    await draw(drawn(701, 2, 14));
    await pausesAreOver();
    await mailer.compose();
    expect(await keys()).toEqual([`digest:${id(701)}:${id(3)}`, `digest:${id(701)}:${id(2)}`]);
  });

  it('MAIL-4: of a shuffle in parts is one digest a person, in whatever order the parts come', async () => {
    await putUsers(mailer.database, [{ n: 2 }, { n: 3 }]);
    const parts = [
      shuffled(701, { 2: 1 }, { part: 1, parts: 2 }),
      shuffled(701, { 3: 1 }, { part: 2, parts: 2 }),
    ];
    await draw(drawn(701, 2, 11), drawn(701, 3, 12));
    for (const part of parts.toReversed()) {
      await draw(part);
      await mailer.compose();
    }
    await draw(...parts);
    await mailer.compose();
    expect((await keys()).toSorted()).toEqual([`digest:${id(701)}:${id(2)}`, `digest:${id(701)}:${id(3)}`]);
  });

  it('MAIL-4: lists fifty tasks, and counts the rest; two shuffles are two digests, in order', async () => {
    await putUsers(mailer.database, [{ n: 2 }]);
    const tasks = Array.from({ length: 60 }, (_, index) => 100 + index);
    await draw(drawn(702, 2, 11), shuffled(702, { 2: 1 }), shuffled(701, { 2: 60 }));
    await mailer.compose();
    expect(await keys()).toEqual([]);
    await draw(...tasks.map((n) => drawn(701, 2, n)));
    await pausesAreOver();
    await mailer.compose();
    const [first, second] = await mailsOf(mailer.database);
    expect(first?.text?.match(/ {2}- /g)).toHaveLength(50);
    expect(first?.text).toContain('and 10 more');
    expect(second?.subject).toBe('After the shuffle: 1 task for you');
    while ((await clearFacts(mailer.database, 0)) > 0);
    expect(await left()).toEqual({ operations: 0, draws: 0 });
    await draw(drawn(701, 2, 100));
    expect(await left()).toMatchObject({ draws: 0 });
  });

  it('waits for an unknown person', async () => {
    await draw(drawn(701, 2, 11), shuffled(701, { 2: 1 }));
    expect(await passOf(digestsWork(mailer.database, mailer.config))).toEqual({ mails: 0, waiting: 1 });
    await putUsers(mailer.database, [{ n: 2 }]);
    expect(await passOf(digestsWork(mailer.database, mailer.config))).toEqual({ mails: 1, waiting: 0 });
  });
});

const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;

describe('a request that cannot be mailed', () => {
  it.each([
    [
      'a recipient that is truncated within an emoji',
      { recipient: `${'x'.repeat(319)}😀` },
      'invalid_recipient',
    ],
    ['too many emoji', { recipient: '😀'.repeat(10_000) }, 'invalid_recipient'],
    [
      'deeply nested data',
      { subject: null, text: null, template: 'plain', data: nested(30_000) },
      'invalid_data',
    ],
    [
      'unknown, deeply nested fields',
      { subject: null, text: null, template: 'payout', data: nested(25_000) },
      'invalid_data',
    ],
    [
      'a template with too long a name',
      { subject: null, text: null, template: `${'😀'.repeat(500)}` },
      'unknown_template',
    ],
    ['a name of lone surrogates', { recipientName: `${'😀'.repeat(319)}\u0001` }, 'invalid_recipient'],
  ])('A1, FAIL-3: ends failed with its reason, and the others are mailed: %s', async (_, bad, reason) => {
    await putUsers(mailer.database, [{ n: 2 }]);
    await draw(drawn(701, 2, 11), shuffled(701, { 2: 1 }));
    await post(payoutOf(101, 2, 2_200, 0));
    await ask(mailer, [requested(1), requested(2, bad), requested(3)]);
    const mails = await mailsOf(mailer.database);
    const queued = mails.filter(({ status }) => status === 'queued').map(({ requestKey }) => requestKey);
    expect(queued).toEqual([id(1), id(3), `payout:${id(101)}`, `digest:${id(701)}:${id(2)}`]);
    expect(mails.find(({ requestKey }) => requestKey === id(2))).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(new RegExp(`^${reason}: `)),
    });
    expect(await eventsOf(mailer.database, mailFailed)).toMatchObject([{ requestId: id(2) }]);
  });
});

describe('requests', () => {
  it('MAIL-1: become mails', async () => {
    await ask(mailer, [requested(1, { recipient: 'Pip@popug.example', recipientName: 'Pip' })]);
    expect(await mailsOf(mailer.database)).toMatchObject([
      {
        requestKey: id(1),
        recipient: 'Pip@popug.example',
        status: 'queued',
        template: 'plain',
        text: 'Text 1',
      },
    ]);
  });

  it('MAIL-3: delivered again are not mailed again', async () => {
    const batch = [requested(1), requested(2)];
    await ask(mailer, batch);
    await ask(mailer, [...batch, requested(1, { subject: 'Another' })]);
    await ask(mailer, batch);
    expect(await keys()).toEqual([id(1), id(2)]);
    expect(await mailer.database.rows('SELECT FROM request')).toEqual([]);
  });

  it.each([
    ['in one batch', (batch: RequestDelivery[]) => [batch]],
    ['in one batch, the later one first', (batch: RequestDelivery[]) => [batch.toReversed()]],
    ['in two batches', (batch: RequestDelivery[]) => [batch.slice(0, 2), batch.slice(2)]],
    [
      'in two batches, the later one first',
      (batch: RequestDelivery[]) => [batch.slice(2), batch.slice(0, 2)],
    ],
  ])(
    'B6, MAIL-2: requested twice, under two event ids, keep their first position: %s',
    async (_, batchesOf) => {
      const first = requested(7, { subject: 'The first' });
      const batch = [first, requested(5), requested(7, { subject: 'The second' }), requested(6)];
      for (const each of batchesOf(batch)) {
        await mailer.database.inTransaction((tx) => takeRequests(each, tx));
      }
      await mailer.compose();
      expect(await keys()).toEqual([7, 5, 6].map(id));
      const [mail] = await mailsOf(mailer.database);
      expect(mail?.subject).toBe('The first');
      const [cause] = await mailer.database.rows('SELECT causation_id AS id FROM mail ORDER BY position');
      expect(cause).toEqual({ id: first.id });
    },
  );

  it('MAIL-2: enter the queue in the order of the stream, whatever the order of their delivery', async () => {
    const batch = [1, 2, 3, 4, 5, 6].map((n) => requested(n));
    const compose = (floor: number | null) =>
      passOf(requestsWork(mailer.database, mailer.config, async () => floor));
    const take = (...numbers: number[]) =>
      mailer.database.inTransaction((tx) =>
        takeRequests(
          numbers.flatMap((n) => batch[n - 1] ?? []),
          tx,
        ),
      );
    const floorAt = (n: number) => batch[n - 1]?.streamSequence ?? 0;
    await take(4, 2);
    // Another node still has the first one.
    expect(await compose(floorAt(1) - 1)).toEqual({ mails: 0, waiting: 1 });
    expect(await compose(null)).toEqual({ mails: 0, waiting: 1 });
    await take(1);
    await compose(floorAt(2));
    expect(await keys()).toEqual([id(1), id(2)]);
    await take(6, 5, 3);
    await compose(floorAt(6));
    expect(await keys()).toEqual([1, 2, 3, 4, 5, 6].map(id));
    expect(await compose(null)).toEqual({ mails: 0, waiting: 0 });
  });

  it('are delayed by missing earlier ones for a bounded time only', async () => {
    await mailer.database.inTransaction((tx) => takeRequests([requested(1), requested(2)], tx));
    await run(`UPDATE request SET received_at = now() - interval '31 seconds' WHERE request_id = '${id(2)}'`);
    await passOf(requestsWork(mailer.database, mailer.config, async () => null));
    expect(await keys()).toEqual([id(1), id(2)]);
  });

  it('MAIL-2: that cannot be mailed are recorded as failed, with an event, and delay nothing', async () => {
    await ask(mailer, [
      requested(1, { recipient: 'nobody' }),
      requested(2, { subject: 'Hi\r\nBcc: all@popug.example' }),
      requested(3, { subject: null, text: null, template: 'no-such' }),
      requested(4, { text: 'with a \0' }),
      requested(5, { recipient: `${'x'.repeat(60_000)}\0` }),
      requested(6),
    ]);
    const mails = await mailsOf(mailer.database);
    expect(mails.map(({ status, reason }) => [status, reason?.split(':')[0]])).toEqual([
      ['failed', 'invalid_recipient'],
      ['failed', 'invalid_data'],
      ['failed', 'unknown_template'],
      ['failed', 'invalid_data'],
      ['failed', 'invalid_recipient'],
      ['queued', undefined],
    ]);
    const events = await eventsOf(mailer.database, mailFailed);
    expect(events.map(({ requestId }) => requestId)).toEqual([1, 2, 3, 4, 5].map(id));
    expect(await mailer.database.rows('SELECT address FROM mailbox')).toEqual([{ address: emailOf(1) }]);
  });
});
