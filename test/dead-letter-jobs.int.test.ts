/**
 * FAIL-3 over HTTP: the dead letters of a cause are counted, and redriven or discarded by one job,
 * whose node may be killed.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { databaseName } from '#mixins/names.ts';
import type { deadLetterCausePage, deadLetterJob } from '#schemas/answers/dead-letter-cause.ts';
import type { AnswerOf } from '#schemas/answers.ts';
import type { Config } from '../config.ts';
import { ADMIN_BEAK } from '../services/auth/variables.fixture.ts';
import { Client, type Page } from './e2e/client.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { NodeProcess, serviceNames } from './harness/system.ts';
import { until } from './harness/wait.ts';
import { type HttpNode, startHttpNode } from './http-node.fixture.ts';

type Job = AnswerOf<typeof deadLetterJob>;
type Causes = AnswerOf<typeof deadLetterCausePage>;

/** Enough that a job does not end before its node is killed. */
const LETTERS = 1_500;
const DRAWS = { service: 'tasks', consumer: 'tasks-shuffles', type: 'tasks.draw', code: '55P03' };
const PAYOUTS = { service: 'mailer', consumer: 'mailer-payouts', type: 'mailer.payout', code: '23514' };

let config: Config;
let node: HttpNode;
let tasks: NodeProcess;
let admin: Client;

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

/** Dead letters of items that are of no use, so that each can be discarded. */
const putLetters = ({ service, consumer, type, code }: typeof DRAWS, count: number) =>
  sql(
    service,
    `INSERT INTO dead_letter (id, consumer, event_key, stream, stream_sequence, type, subject, headers, payload, attempts, code, message)
     SELECT gen_random_uuid(), $1, gen_random_uuid(), '', 0, $2, 'item/' || n, '{"content-type": "application/json"}',
       convert_to('{"shuffleId": "x", "position": 1}', 'UTF8'), 1, $3, 'Unlucky ' || n
     FROM generate_series(1, $4::int) AS n`,
    [consumer, type, code, count],
  );

const start = (verb: string, body: object, headers = {}) =>
  admin.request<Job & { code: string }>('POST', `/dead-letters/${verb}`, body, headers);
const show = (id: string) => admin.expect<Job>(200, 'GET', `/dead-letters/jobs/${id}`);
const causes = () => admin.expect<Causes>(200, 'GET', '/dead-letters/causes');
const open = (service: string) =>
  sql(service, `SELECT FROM dead_letter WHERE status = 'open'`).then((rows) => rows.length);
const finished = (id: string, within: number) =>
  until(
    async () => {
      const response = await admin.request<Job>('GET', `/dead-letters/jobs/${id}`);
      return response.body.status === 'completed' && response.body;
    },
    { within, what: 'the end of the job' },
  );

beforeAll(async () => {
  config = testConfig({ adminBeak: ADMIN_BEAK, logLevel: 'fatal' });
  node = await startHttpNode(
    config,
    serviceNames().filter((name) => name !== 'tasks'),
  );
  admin = node.admin;
  tasks = new NodeProcess(['tasks'], {
    NATS_URL: config.natsUrls.join(','),
    DATABASE_URL: config.databaseUrl ?? '',
    NAMESPACE: config.namespace,
    LOG_LEVEL: 'fatal',
  });
  tasks.start();
  await until(async () => (await causes()).missing.length === 0, { within: 60_000, what: 'all services' });
  await putLetters(DRAWS, LETTERS);
  await putLetters(PAYOUTS, 3);
}, 120_000);
afterAll(async () => {
  await tasks?.stop();
  await node?.stop();
  await dropNamespace(config);
});

describe('the dead letters of a cause', () => {
  it('FAIL-3: are counted with those of all services, and listed', async () => {
    const { items, nextCursor, missing } = await causes();
    expect(items).toEqual([
      expect.objectContaining({ ...PAYOUTS, count: 3, capped: false }),
      expect.objectContaining({ ...DRAWS, count: LETTERS, capped: false }),
    ]);
    expect([nextCursor, missing]).toEqual([null, []]);
    const first = await admin.expect<Causes>(200, 'GET', '/dead-letters/causes?limit=1');
    expect(first.items).toEqual(items.slice(0, 1));
    const path = `/dead-letters/causes?limit=1&cursor=${first.nextCursor}`;
    expect((await admin.expect<Causes>(200, 'GET', path)).items).toEqual(items.slice(1));
    const { consumer, type, code } = PAYOUTS;
    const query = new URLSearchParams({ consumer, type, code });
    const listed = await admin.expect<Page<object>>(200, 'GET', `/dead-letters?${query}`);
    expect(listed.items).toEqual(Array.from({ length: 3 }, () => expect.objectContaining(PAYOUTS)));
  });

  it('FAIL-3: may be settled by admins only, and not by a wrong request; nothing changes', async () => {
    const { client: manager } = await admin.register('mia', ['manager', 'accountant']);
    for (const [client, status] of [
      [new Client(node.api), 401],
      [manager, 403],
    ] as const) {
      const answers = await Promise.all([
        client.request('GET', '/dead-letters/causes'),
        client.request('GET', `/dead-letters/jobs/${randomUUID()}`),
        client.request('POST', '/dead-letters/redrives', DRAWS),
        client.request('POST', '/dead-letters/discards', { ...DRAWS, reason: 'of no use' }),
      ]);
      expect(answers.map((answer) => answer.status)).toEqual([status, status, status, status]);
    }
    const refusals = [
      await start('redrives', { ...DRAWS, service: 'parrots' }),
      await start('redrives', { ...DRAWS, reason: 'of no use' }),
      await start('redrives', { service: 'tasks' }),
      await start('discards', DRAWS),
      await start('discards', { ...DRAWS, reason: ' ' }),
      await admin.request<{ code: string }>('GET', `/dead-letters/jobs/${randomUUID()}`),
      await admin.request<{ code: string }>('GET', '/dead-letters/causes?cursor=x'),
    ];
    expect(refusals.map(({ status, body }) => `${status} ${body.code}`)).toEqual([
      ...Array.from({ length: 5 }, () => '422 validation_failed'),
      '404 not_found',
      '400 invalid_cursor',
    ]);
    expect([await open('tasks'), await open('mailer')]).toEqual([LETTERS, 3]);
    expect(await sql('tasks', 'SELECT FROM dead_letter_job')).toEqual([]);
  });

  it('FAIL-3: are redriven by one job, once for a repeated key', async () => {
    // Nobody has such payouts, so a redrive has nothing to do.
    const key = { 'idempotency-key': randomUUID() };
    const answer = await start('redrives', PAYOUTS, key);
    expect(answer).toMatchObject({ status: 202, body: { status: 'running', total: 3, done: 0, failed: 0 } });
    expect(answer.headers.get('location')).toBe(`/api/v1/dead-letters/jobs/${answer.body.id}`);
    expect(await finished(answer.body.id, 20_000)).toMatchObject({ done: 3, failed: 0 });
    expect((await start('redrives', PAYOUTS, key)).body).toEqual(answer.body);
    const reused = await start('redrives', { ...PAYOUTS, service: 'tasks' }, key);
    expect(reused).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    expect(await sql('mailer', 'SELECT FROM dead_letter_job')).toHaveLength(1);
    expect(await open('mailer')).toBe(0);
  });

  it('FAIL-3, FAIL-5, AUD-1: are discarded by one job, whose node is killed and started again', async () => {
    const { body: job } = await start('discards', { ...DRAWS, reason: 'of no use' });
    await until(async () => (await show(job.id)).done > 20, { within: 30_000, what: 'its first steps' });
    await tasks.kill();
    const left = await open('tasks');
    expect(left).toBeGreaterThan(0);
    expect((await admin.request('GET', `/dead-letters/jobs/${job.id}`)).status).toBe(503);
    tasks.start();
    expect(await finished(job.id, 120_000)).toEqual({
      ...job,
      status: 'completed',
      total: LETTERS,
      done: LETTERS,
    });
    expect(await open('tasks')).toBe(0);
    const events = await sql<{ aggregate: string }>(
      'tasks',
      `SELECT aggregate FROM outbox WHERE type = 'tasks.dead-letter.discarded.v1'`,
    );
    expect(events).toHaveLength(LETTERS);
    expect(new Set(events.map(({ aggregate }) => aggregate)).size).toBe(LETTERS);
    const { items } = await until(
      async () => {
        const page = await admin.expect<Page<{ actor: string; data: { target: string; step: string } }>>(
          200,
          'GET',
          '/audit?type=tasks.intervention.made.v1',
        );
        return page.items.length > 0 && page;
      },
      { within: 30_000 },
    );
    expect(items[0]?.data).toMatchObject({ step: 'discards-requested', target: 'tasks-shuffles' });
  }, 200_000);
});
