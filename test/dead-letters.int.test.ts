/**
 * FAIL-3 over HTTP: dead letters of any service are listed, redriven and discarded, and each step
 * leaves an event.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceSchema } from 'moleculer';
import { headers } from 'nats';
import pg from 'pg';
import type { DeadLetterItem, DeadLetterView } from '#mixins/consumer/all-dead-letters.ts';
import { databaseName, subjectOf } from '#mixins/names.ts';
import { platformOf } from '#mixins/platform.ts';
import { toHeaders } from '#schemas/cloud-events.ts';
import { servicesWithDeadLetters } from '#schemas/dead-letter.ts';
import { userChanged } from '#schemas/events/auth/user-changed.v1.ts';
import { loadEventContracts } from '#schemas/load.ts';
import type { Config } from '../config.ts';
import type { AuditItem } from '../services/audit/record.ts';
import { ADMIN_BEAK } from '../services/auth/variables.fixture.ts';
import { Client, type Page, type User } from './e2e/client.ts';
import { startNode, type TestNode } from './harness/broker.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { allConsumers } from './harness/consumers/registry.ts';
import { serviceNames } from './harness/system.ts';
import { until } from './harness/wait.ts';
import { type HttpNode, startHttpNode } from './http-node.fixture.ts';

interface DeadLetters extends Page<DeadLetterItem> {
  readonly missing: readonly string[];
}
interface Refusal {
  readonly code: string;
  readonly detail: string;
}

let config: Config;
let node: HttpNode;
/** A separate node, so that it can be away. */
let tasks: TestNode;
let admin: Client;
let adminId: string;

beforeAll(async () => {
  // What is provoked here is logged as an error.
  config = testConfig({ adminBeak: ADMIN_BEAK, logLevel: 'fatal' });
  node = await startHttpNode(
    config,
    serviceNames().filter((name) => name !== 'tasks'),
  );
  tasks = await startNode(config, ['tasks']);
  admin = node.admin;
  adminId = (await admin.expect<User>(200, 'GET', '/auth/me')).id;
}, 60_000);
afterAll(async () => {
  await tasks?.stop();
  await node?.stop();
  await dropNamespace(config);
});

/** In a service's database, past it. */
async function sql<Row extends object>(
  service: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const url = new URL(config.databaseUrl ?? '');
  url.pathname = `/${databaseName(config.namespace, service)}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

const list = (query = '') => admin.expect<DeadLetters>(200, 'GET', `/dead-letters${query}`);
const show = (id: string) => admin.expect<DeadLetterView>(200, 'GET', `/dead-letters/${id}`);
const redrive = (id: string) =>
  admin.request<DeadLetterView & Refusal>('POST', `/dead-letters/${id}/redrive`);
const discard = (id: string, reason?: unknown) =>
  admin.request<DeadLetterView & Refusal>(
    'POST',
    `/dead-letters/${id}/discard`,
    reason === undefined ? {} : { reason },
  );

/** Someone whom the task service can't take up, as long as nobody mends it. */
async function unlucky(login: string): Promise<{ user: User; letter: DeadLetterItem }> {
  await sql('tasks', `ALTER TABLE user_copy ADD CONSTRAINT luck CHECK (name <> 'Name of ${login}')`);
  const { user } = await admin.register(login, ['developer']);
  const letter = await until(
    async () => (await list()).items.find(({ subject }) => subject === `user/${user.id}`),
    { within: 20_000, what: `the letter of ${login}` },
  );
  return { user, letter };
}

const mend = () => sql('tasks', 'ALTER TABLE user_copy DROP CONSTRAINT luck');
const copies = (id: string) => sql('tasks', 'SELECT name, version FROM user_copy WHERE id = $1', [id]);

/** What the log says of a letter, once it says something. */
function told(letterId: string): Promise<AuditItem[]> {
  return until(
    async () => {
      const items = await admin.all<AuditItem>(`/audit?subject=dead-letter/${letterId}`);
      return items.length > 0 && items;
    },
    { within: 20_000, what: 'the step in the log' },
  );
}

/** Who reads what nobody can read. */
async function readersOfPoison(): Promise<string[]> {
  const readers = (await allConsumers()).filter(
    ({ definition: { stream, reads } }) =>
      stream === 'auth' && (reads === 'all' || reads.some(({ type }) => type === userChanged.type)),
  );
  return readers.map(({ service }) => service).sort();
}

/** A message that nobody can read, in a stream that several services read. */
async function publishPoison(): Promise<string> {
  const { bus } = platformOf(node.broker);
  const id = randomUUID();
  const envelope = {
    id,
    type: userChanged.type,
    source: 'auth',
    subject: `user/${randomUUID()}`,
    sequence: 1,
    time: new Date(),
    actorId: 'service:auth',
    actorAddress: null,
    correlationId: 'poison',
    causationId: null,
    traceparent: null,
  };
  const result = headers();
  for (const [name, value] of toHeaders(envelope)) result.append(name, value);
  await bus.jetstream.publish(subjectOf(config.namespace, userChanged.type), Buffer.from('not Avro at all'), {
    headers: result,
  });
  return id;
}

describe('an event that a service could not process', () => {
  let user: User;
  let letter: DeadLetterItem;

  beforeAll(async () => {
    ({ user, letter } = await unlucky('unlucky-one'));
  }, 60_000);

  it('FAIL-3: is shown with the service, the consumer and the reason', async () => {
    expect(letter).toEqual({
      id: expect.any(String),
      service: 'tasks',
      consumer: 'tasks-users',
      type: 'auth.user.registered.v1',
      subject: `user/${user.id}`,
      attempts: expect.any(Number),
      code: '23514',
      message: expect.stringContaining('luck'),
      parked: false,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(await show(letter.id)).toMatchObject({
      ...letter,
      status: 'open',
      settledAt: null,
      settledBy: null,
      settledReason: null,
      sequence: 1,
      headers: { 'ce-type': 'auth.user.registered.v1', 'ce-actorid': adminId },
      data: { userId: user.id, login: 'unlucky-one' },
    });
    expect((await list()).missing).toEqual([]);
  });

  it('FAIL-3: does not block others', async () => {
    const { user: other } = await admin.register('lucky', ['developer']);
    await until(async () => (await copies(other.id)).length === 1, { what: 'the next user' });
    expect(await copies(user.id)).toEqual([]);
  });

  it('FAIL-3: that fails again remains a dead letter, and the answer reports it', async () => {
    const answer = await redrive(letter.id);
    expect(answer).toMatchObject({ status: 409, body: { code: 'redrive_failed' } });
    expect(answer.body.detail).toContain('luck');
    expect(await show(letter.id)).toMatchObject({ status: 'open', attempts: letter.attempts + 1 });
    expect(
      await sql('tasks', `SELECT 1 FROM outbox WHERE aggregate = $1`, [`dead-letter/${letter.id}`]),
    ).toEqual([]);
  });

  it('FAIL-3, AUD-1: takes effect once after several redrives, at once and later, with one event', async () => {
    await mend();
    const answers = await Promise.all(Array.from({ length: 5 }, () => redrive(letter.id)));
    answers.push(await redrive(letter.id));
    const [first] = answers;
    expect(first?.body).toMatchObject({
      id: letter.id,
      status: 'redriven',
      settledBy: adminId,
      settledReason: null,
    });
    expect(first?.body.settledAt).toEqual(expect.any(String));
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: first?.body });
    expect(await copies(user.id)).toEqual([{ name: 'Name of unlucky-one', version: 1 }]);
    expect((await list()).items.map(({ id }) => id)).not.toContain(letter.id);
    expect((await list('?status=redriven')).items.map(({ id }) => id)).toContain(letter.id);
    const items = await told(letter.id);
    expect(items).toMatchObject([
      {
        type: 'tasks.dead-letter.redriven.v1',
        actor: adminId,
        address: '127.0.0.1',
        data: {
          letterId: letter.id,
          consumer: 'tasks-users',
          eventType: 'auth.user.registered.v1',
          eventSubject: `user/${user.id}`,
          code: '23514',
        },
      },
    ]);
    expect(
      await sql('tasks', `SELECT 1 FROM outbox WHERE aggregate = $1`, [`dead-letter/${letter.id}`]),
    ).toHaveLength(1);
  });

  it('FAIL-3: that took effect cannot be discarded', async () => {
    expect(await discard(letter.id, 'too late')).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await show(letter.id)).toMatchObject({ status: 'redriven', settledReason: null });
  });
});

describe('an event that cannot be decoded', () => {
  let event: string;
  let letters: DeadLetterItem[];
  let readers: string[];

  beforeAll(async () => {
    readers = await readersOfPoison();
    event = await publishPoison();
    letters = await until(
      async () => {
        const { items } = await list();
        const ours = items.filter(({ code }) => code === 'undecodable');
        return ours.length === readers.length && ours;
      },
      { within: 20_000, what: 'a letter in each service that reads the stream' },
    );
  }, 60_000);

  it('FAIL-3: is dead-lettered by every service that reads it, and listed for all of them', async () => {
    expect(letters.map(({ service }) => service).toSorted()).toEqual(readers);
    expect(new Set(readers).size).toBeGreaterThan(2);
    const views = await Promise.all(letters.map(({ id }) => show(id)));
    for (const view of views) {
      expect(view).toMatchObject({
        event,
        data: null,
        payload: Buffer.from('not Avro at all').toString('base64'),
      });
    }
    const times = (await list()).items.map(({ at }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('FAIL-3: is listed in pages over all services', async () => {
    const found = await admin.all<DeadLetterItem>('/dead-letters?status=open');
    const paged: DeadLetterItem[] = [];
    let cursor = '';
    do {
      const page = await list(`?limit=1${cursor}`);
      paged.push(...page.items);
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    expect(paged).toEqual(found);
    const { items } = await list('?service=accounting');
    expect(items.map(({ service }) => service)).toEqual(['accounting']);
  });

  it('FAIL-3, AUD-1: is discarded with a reason, once, with an event of the service that had the dead letter', async () => {
    for (const { id, service } of letters) {
      expect(await discard(id, 'of no use')).toMatchObject({ status: 200, body: { status: 'discarded' } });
      const again = await discard(id, 'another reason');
      expect(again).toMatchObject({ status: 200, body: { settledBy: adminId, settledReason: 'of no use' } });
      expect(await told(id)).toMatchObject([
        {
          type: `${service}.dead-letter.discarded.v1`,
          actor: adminId,
          address: '127.0.0.1',
          data: { letterId: id, event, reason: 'of no use', code: 'undecodable' },
        },
      ]);
      expect(await redrive(id)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    }
  });
});

describe('a request about dead letters', () => {
  let letter: DeadLetterItem;
  beforeAll(async () => {
    ({ letter } = await unlucky('unlucky-two'));
    await mend();
  }, 60_000);

  it('FAIL-3: is refused to everybody but admins', async () => {
    const { client: manager } = await admin.register('mia', ['manager', 'accountant']);
    for (const [client, status] of [
      [new Client(node.api), 401],
      [manager, 403],
    ] as const) {
      const answers = await Promise.all([
        client.request('GET', '/dead-letters'),
        client.request('GET', `/dead-letters/${letter.id}`),
        client.request('POST', `/dead-letters/${letter.id}/redrive`),
        client.request('POST', `/dead-letters/${letter.id}/discard`, { reason: 'none of my business' }),
      ]);
      expect(answers.map((answer) => answer.status)).toEqual([status, status, status, status]);
    }
    expect(await show(letter.id)).toMatchObject({ status: 'open' });
  });

  it('is refused if it is invalid, and nothing changes', async () => {
    const unknown = randomUUID();
    const refusals = [
      await discard(letter.id),
      await discard(letter.id, ''),
      await discard(letter.id, '  '),
      await discard(letter.id, 'x'.repeat(501)),
      await discard(letter.id, 'bell \u0007'),
      await redrive('nonsense'),
      await redrive(unknown),
      await discard(unknown, 'of no use'),
      await admin.request<Refusal>('GET', `/dead-letters/${unknown}`),
      await admin.request<Refusal>('GET', '/dead-letters?cursor=nonsense'),
      await admin.request<Refusal>('GET', '/dead-letters?status=lost'),
      await admin.request<Refusal>('GET', '/dead-letters?limit=201'),
    ];
    expect(refusals.map(({ status, body }) => `${status} ${body.code}`)).toEqual([
      ...Array.from({ length: 5 }, () => '422 validation_failed'),
      '404 not_found',
      '404 not_found',
      '404 not_found',
      '404 not_found',
      '400 invalid_cursor',
      '422 validation_failed',
      '422 validation_failed',
    ]);
    expect((await list('?limit=200')).items.map(({ id }) => id)).toContain(letter.id);
    expect(await show(letter.id)).toMatchObject({ status: 'open', attempts: letter.attempts });
  });

  it('is refused if its key was used for another one', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const path = (id: string) => `/dead-letters/${id}/discard`;
    const reason = { reason: 'of no use' };
    const other = await admin.request<Refusal>('POST', path(randomUUID()), reason, key);
    expect(other.status).toBe(404);
    const refused = await admin.request<Refusal>('POST', path(letter.id), reason, key);
    expect(refused).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    expect(await show(letter.id)).toMatchObject({ status: 'open' });
  });
});

describe('a service that no contract declares', () => {
  it('F18, FAIL-3: is not asked for dead letters and not reported as missing, whoever announces it', async () => {
    let asked = 0;
    const list = { visibility: 'public' as const, handler: () => [++asked] };
    const parrots: ServiceSchema = { name: 'parrots', actions: { 'deadLetters.list': list } };
    const other = await startNode(config, [parrots]);
    try {
      await node.broker.waitForServices(['parrots'], 5_000, 20);
      expect(await admin.expect(200, 'GET', '/dead-letters')).toMatchObject({ missing: [] });
      expect(await admin.expect(200, 'GET', '/dead-letters?service=parrots')).toEqual({
        items: [],
        nextCursor: null,
        missing: [],
      });
      expect(asked).toBe(0);
    } finally {
      await other.stop();
    }
  });
});

describe('an item that a loop could not handle', () => {
  type Addressee = User & { readonly email: string };
  const mailTo = (user: Addressee) =>
    admin.expect<Page<{ template: string; status: string }>>(200, 'GET', `/mails?recipient=${user.email}`);
  const isMailed = async (user: Addressee) =>
    (await mailTo(user)).items.some(({ template }) => template === 'payout');

  it('A1, FAIL-3: is shown, redriven and logged like an event, and blocks no others', async () => {
    const [bad, good] = await Promise.all(
      ['unpayable', 'payable'].map(async (login) => {
        const { user } = await admin.register(login, ['developer']);
        return user as Addressee;
      }),
    );
    if (bad === undefined || good === undefined) throw new Error('Two were asked for');
    await sql('mailer', `ALTER TABLE mail ADD CONSTRAINT luck CHECK (recipient <> '${bad.email}')`);
    for (const { id: userId } of [bad, good]) {
      // Accounting may not have heard of them yet.
      const adjustment = { userId, amount: 5_000, reason: 'For the patience' };
      await until(
        async () => (await admin.request('POST', '/accounting/adjustments', adjustment)).status === 201,
      );
    }
    const known = 'SELECT id FROM user_copy WHERE id = ANY ($1::uuid[])';
    await until(async () => (await sql('accounting', known, [[bad.id, good.id]])).length === 2);
    const { businessDay } = await admin.expect<{ businessDay: string }>(200, 'GET', '/analytics/today');
    expect((await admin.request('POST', `/accounting/days/${businessDay}/close`, {})).status).toBeLessThan(
      300,
    );
    await until(() => isMailed(good), { within: 30_000, what: 'the mail of the other one' });
    const letter = await until(
      async () => (await list('?service=mailer')).items.find(({ consumer }) => consumer === 'mailer-payouts'),
      { within: 30_000, what: 'the letter' },
    );
    expect(letter).toMatchObject({ type: 'mailer.payout', code: '23514', parked: false });
    expect(letter.message).toContain('luck');
    expect(await show(letter.id)).toMatchObject({
      status: 'open',
      data: { employeeId: bad.id, businessDay },
      headers: { 'content-type': 'application/json' },
    });
    expect(await redrive(letter.id)).toMatchObject({ status: 409, body: { code: 'redrive_failed' } });
    expect(await isMailed(bad)).toBe(false);
    await sql('mailer', 'ALTER TABLE mail DROP CONSTRAINT luck');
    expect(await redrive(letter.id)).toMatchObject({ status: 200, body: { status: 'redriven' } });
    expect((await mailTo(bad)).items.filter(({ template }) => template === 'payout')).toHaveLength(1);
    expect((await told(letter.id)).map(({ type }) => type)).toEqual(['mailer.dead-letter.redriven.v1']);
  }, 120_000);
});

describe('while a service is away', () => {
  it('FAIL-3: the dead letters of others are listed, and it is named as missing', async () => {
    const { letter } = await unlucky('unlucky-three');
    await mend();
    await tasks.stop();
    try {
      const page = await until(async () => {
        const found = await list();
        return found.missing.includes('tasks') && found;
      });
      expect(page.items.filter(({ service }) => service === 'tasks')).toEqual([]);
      for (const answer of [
        await admin.request<Refusal>('GET', `/dead-letters/${letter.id}`),
        await redrive(letter.id),
      ]) {
        expect(answer).toMatchObject({ status: 503, body: { code: 'service_unavailable' } });
        expect(answer.headers.get('retry-after')).not.toBeNull();
      }
    } finally {
      tasks = await startNode(config, ['tasks']);
    }
    await until(async () => (await redrive(letter.id)).status === 200, { within: 20_000 });
  });
});

describe('every service that consumes', () => {
  it('FAIL-3, AUD-1: has contracts for redrives and discards, and an outbox for their events', async () => {
    const consuming = [...new Set((await allConsumers()).map(({ service }) => service))].sort();
    expect(servicesWithDeadLetters(await loadEventContracts())).toEqual(expect.arrayContaining(consuming));
    for (const name of consuming) {
      const { default: schema } = (await import(`../services/${name}/${name}.service.ts`)) as {
        default: ServiceSchema;
      };
      const methods = (schema.mixins ?? []).flatMap((mixin) =>
        Object.keys((mixin as ServiceSchema).methods ?? {}),
      );
      expect([name, methods.includes('outboxStats')]).toEqual([name, true]);
    }
  });
});
