/**
 * Requests whose caller gives up, whose node is frozen, whose rows are locked, or whose tables are
 * altered meanwhile.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REQUEST_TIMEOUT_MS } from '#mixins/deadlines.middleware.ts';
import type { Answer, Client, Task } from '../e2e/client.ts';
import { dropNamespace, testConfig } from '../harness/config.ts';
import { startNats, type TestServer, testServers } from '../harness/servers.ts';
import { type NodeProcess, type System, serviceNames, startSystem } from '../harness/system.ts';
import { until } from '../harness/wait.ts';
import { type Crowd, gatherCrowd, inParallel } from './crowd.ts';
import { hold, runIn } from './hold.ts';

const MANY = 25;

const config = testConfig();
const place = { databaseUrl: testServers().databaseUrl, namespace: config.namespace };
let nats: TestServer;
let system: System;
let crowd: Crowd;
let tasks: NodeProcess;
let gateway: NodeProcess;

beforeAll(async () => {
  const others = serviceNames().filter((name) => !['tasks', 'gateway'].includes(name));
  nats = await startNats();
  system = await startSystem({ ...place, natsUrl: nats.url, processes: [others, ['tasks'], ['gateway']] });
  crowd = await gatherCrowd(system, 3);
  tasks = system.node('tasks');
  gateway = system.node('gateway');
}, 120_000);

afterAll(async () => {
  await system?.stop();
  await nats?.dispose();
  await dropNamespace(config);
});

interface Body {
  readonly code?: string;
  readonly retry?: string;
}

interface Sent {
  readonly title: string;
  readonly key: string;
  readonly answer: Promise<Answer<Body>>;
}

function create(client: Client, title: string, key: string): Promise<Answer<Body>> {
  return client.request('POST', '/tasks', { title }, { 'idempotency-key': key });
}

/** Starts to create this many tasks at once. */
function createMany(count: number): Sent[] {
  return Array.from({ length: count }, (_, n) => {
    const [title, key] = [`Task ${n} ${randomUUID()}`, randomUUID()];
    return { title, key, answer: create(crowd.manager, title, key) };
  });
}

/** Number of tasks of each title. Waits until no statement of the service is running. */
async function countOf(sent: readonly Sent[]): Promise<number[]> {
  await until(
    async () =>
      (
        await runIn(
          place,
          'tasks',
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'ates-tasks'
           AND state <> 'idle' AND (query LIKE '%INTO task%' OR state LIKE 'idle in%')`,
        )
      ).length === 0,
    { within: 20_000, what: 'the statements of tasks to end' },
  );
  const rows = (await runIn(place, 'tasks', 'SELECT title FROM task')) as { title: string }[];
  return sent.map(({ title }) => rows.filter((row) => row.title === title).length);
}

const answersOf = (sent: readonly Sent[]) => Promise.all(sent.map(({ answer }) => answer));

/**
 * Asserts that refused requests had no effect, and that requests with an unknown outcome took
 * effect at most once. A repetition under the same key gives the outcome, and carries them out if
 * needed.
 */
async function expectHonest(sent: readonly Sent[]): Promise<void> {
  const answers = await answersOf(sent);
  const counts = await countOf(sent);
  for (const [index, { status, body }] of answers.entries()) {
    const count = counts[index] ?? 0;
    if (status === 201) expect(count).toBe(1);
    else if (status === 504) {
      expect(body).toMatchObject({ code: 'outcome_unknown', retry: 'same_idempotency_key' });
      expect(count).toBeLessThanOrEqual(1);
    } else {
      expect({ status, code: body.code, count }).toEqual({
        status: 503,
        code: 'service_unavailable',
        count: 0,
      });
    }
  }
  await inParallel(sent.length, 4, async (index) => {
    const { title, key } = sent[index] as Sent;
    await until(async () => (await create(crowd.manager, title, key)).status === 201, { within: 20_000 });
  });
  expect(await countOf(sent)).toEqual(sent.map(() => 1));
}

describe('with a locked table', () => {
  it('C7: refused tasks are not created when it is free again', async () => {
    const held = await hold(place, 'tasks', 'LOCK TABLE task IN EXCLUSIVE MODE');
    const sent = createMany(MANY);
    const reading = crowd.manager.request('GET', '/tasks');
    const answers = await answersOf(sent);
    expect((await reading).status).toBe(200);
    await held.release();
    // On a busy machine a refusal may come too late for its caller.
    const statuses = new Set(answers.map(({ status }) => status));
    expect(statuses).toContain(503);
    expect([...statuses].filter((status) => ![503, 504].includes(status))).toEqual([]);
    expect(await countOf(sent)).toEqual(sent.map(() => 0));
    await expectHonest(sent);
  }, 120_000);
});

describe('with a frozen node', () => {
  it('C7: it carries out no abandoned call when it goes on', async () => {
    await tasks.pause();
    const sent = createMany(MANY);
    const answers = await answersOf(sent);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([504]));
    tasks.resume();
    await system.ready();
    await until(async () => (await create(crowd.manager, 'Afterwards', randomUUID())).status === 201);
    expect(await countOf(sent)).toEqual(sent.map(() => 0));
    await expectHonest(sent);
  }, 120_000);

  it('C7: during requests, nothing is done twice, and refused requests have no effect', async () => {
    const before = createMany(MANY);
    await Promise.race(before.map(({ answer }) => answer));
    await tasks.pause();
    const sent = [...before, ...createMany(MANY)];
    await answersOf(sent);
    tasks.resume();
    await expectHonest(sent);
  }, 120_000);

  it('C7: a gateway carries out no request that has waited in its sockets for the time limit of a call', async () => {
    await gateway.pause();
    const from = performance.now();
    const sent = createMany(MANY);
    await until(() => performance.now() - from > REQUEST_TIMEOUT_MS + 500);
    gateway.resume();
    const answers = await answersOf(sent);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(await countOf(sent)).toEqual(sent.map(() => 0));
    await expectHonest(sent);
  }, 120_000);
});

describe('with a frozen NATS', () => {
  it('C7: calls that it delivers after their callers have given up are not carried out', async () => {
    await nats.pause();
    const from = performance.now();
    const sent = createMany(MANY);
    await until(() => performance.now() - from > REQUEST_TIMEOUT_MS + 500);
    nats.resume();
    await answersOf(sent);
    await until(async () => (await create(crowd.manager, 'Afterwards', randomUUID())).status === 201, {
      within: 30_000,
    });
    expect(await countOf(sent)).toEqual(sent.map(() => 0));
    await expectHonest(sent);
  }, 120_000);
});

describe('with a locked row', () => {
  it('C8: requests for it are refused after a second, and others are answered meanwhile', async () => {
    const { body: task } = await crowd.manager.request<Task>('POST', '/tasks', { title: 'Hot' });
    const owner = crowd.employees.find(({ user }) => user.id === task.assignee.id)?.client as Client;
    const complete = () => owner.request<Body>('POST', `/tasks/${task.id}/complete`, {});
    const held = await hold(place, 'tasks', `SELECT FROM task WHERE id = '${task.id}' FOR UPDATE`);
    const settled: string[] = [];
    const hot = Array.from({ length: 12 }, () => complete().finally(() => settled.push('hot')));
    const others = createMany(12).map(({ answer }) => answer.finally(() => settled.push('other')));
    const created = await Promise.all(others);
    expect(new Set(created.map(({ status }) => status))).toEqual(new Set([201]));
    const refused = await Promise.all(hot);
    expect(settled.slice(0, others.length)).toEqual(others.map(() => 'other'));
    for (const { status, body } of refused) {
      expect({ status, code: body.code }).toEqual({ status: 503, code: 'service_unavailable' });
    }
    await held.release();
    const { body } = await crowd.manager.request<Task>('GET', `/tasks/${task.id}`);
    expect(body.status).toBe('open');
    expect((await complete()).status).toBe(200);
  }, 120_000);
});

describe('with a table that is being altered', () => {
  it('C8: requests under way are carried out once', async () => {
    const answers: Answer<Body>[] = [];
    let altering = true;
    const sent: Sent[] = [];
    const load = inParallel(6, 6, async () => {
      while (altering) {
        const [one] = createMany(1) as [Sent];
        sent.push(one);
        answers.push(await one.answer);
        answers.push(await crowd.manager.request('GET', '/tasks?limit=5'));
      }
    });
    for (const type of ['varchar(400)', 'text', 'varchar(300)', 'text']) {
      const since = answers.length;
      await until(() => answers.length > since + 40, { within: 30_000 });
      await runIn(place, 'tasks', `ALTER TABLE task ALTER COLUMN title TYPE ${type}`);
    }
    altering = false;
    await load;
    expect(answers.filter(({ status }) => status !== 201 && status !== 200)).toEqual([]);
    expect(await countOf(sent)).toEqual(sent.map(() => 1));
  }, 120_000);
});
