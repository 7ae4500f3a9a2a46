/** The service as nodes call it: tokens, parameters, its consumer, its loop. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DatabaseMethods } from '#mixins/database/database.mixin.ts';
import { IDENTITY_BUCKET } from '#mixins/identity/identity.ts';
import { createTestIssuer, type TestIssuer } from '#mixins/identity/issuer.fixture.ts';
import { platformOf } from '#mixins/platform.ts';
import type { ActionAnswer } from '#schemas/action.ts';
import type countsAction from '#schemas/actions/tasks/counts.ts';
import type shufflesAction from '#schemas/actions/tasks/shuffles.ts';
import { loadActionContracts } from '#schemas/load.ts';
import type { Config } from '../../config.ts';
import { startNode, type TestNode } from '../../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { until } from '../../test/harness/wait.ts';
import type { ShuffleView } from './shuffles/shuffle.ts';
import type { TaskView } from './task.ts';
import { everything, popug, putUsers } from './tasks.fixture.ts';

const [PIP, RIO, MIA] = [popug(1), popug(2), popug(9)];
let config: Config;
let node: TestNode;
let issuer: TestIssuer;

const databaseOf = ({ broker }: TestNode) =>
  (broker.getLocalService('tasks') as unknown as DatabaseMethods).database;

async function callAs<Result>(
  userId: string,
  action: string,
  params: object = {},
  { roles = ['developer'], key }: { roles?: readonly string[]; key?: string } = {},
) {
  const token = await issuer.token({ userId, name: `Token of ${userId.slice(-2)}`, roles });
  const meta: Record<string, unknown> = { token, address: '192.0.2.1', requestId: randomUUID() };
  if (key !== undefined) meta.idempotencyKey = key;
  const answer: Result = await node.broker.call(`tasks.${action}`, params, { meta });
  return { answer, meta };
}
const press = (key?: string) =>
  callAs<ShuffleView>(MIA, 'shuffle', {}, { roles: ['manager'], ...(key === undefined ? {} : { key }) });
const progress = async (id: string) =>
  (await callAs<ShuffleView>(MIA, 'progress', { id }, { roles: ['manager'] })).answer;

beforeAll(async () => {
  config = testConfig();
  node = await startNode(config, ['tasks']);
  issuer = await createTestIssuer(config.namespace);
  const bucket = await platformOf(node.broker).bus.bucket(IDENTITY_BUCKET);
  await bucket.put(...issuer.entry);
  await putUsers(databaseOf(node), [
    { id: PIP, name: 'Pip' },
    { id: RIO, name: 'Rio' },
    { id: MIA, name: 'Mia', roles: ['manager'] },
  ]);
  await until(async () => callAs(MIA, 'list').catch(() => false));
});
afterAll(async () => {
  await node.stop();
  await dropNamespace(config);
});

describe('the actions of tasks', () => {
  it('TASK-2: anyone signed in creates a task, which everyone signed in sees', async () => {
    const { answer: task } = await callAs<TaskView>(RIO, 'create', { title: '[P-1] Wash the cage' });
    expect(task).toMatchObject({ externalId: 'P-1', status: 'open', createdBy: { id: RIO, name: 'Rio' } });
    expect((await callAs(MIA, 'get', { id: task.id })).answer).toEqual(task);
    const { answer } = await callAs<{ items: TaskView[] }>(task.assignee.id, 'list', { assignee: 'me' });
    expect(answer.items).toContainEqual(task);
    const history = await callAs(PIP, 'assignments', { id: task.id });
    expect(history.answer).toMatchObject({ items: [{ assignee: task.assignee, shuffleId: null }] });
  });

  it('a repeated idempotency key gives the first answer', async () => {
    const key = randomUUID();
    const first = await callAs<TaskView>(PIP, 'create', { title: 'Feed' }, { key });
    const again = await callAs<TaskView>(PIP, 'create', { title: 'Feed' }, { key });
    expect(again.answer).toEqual(first.answer);
    // The same key of another user is a different key.
    const other = await callAs<TaskView>(RIO, 'create', { title: 'Feed' }, { key });
    expect(other.answer.id).not.toBe(first.answer.id);
    const { id, assignee } = first.answer;
    const done = await callAs<TaskView>(assignee.id, 'complete', { id }, { key });
    expect((await callAs(assignee.id, 'complete', { id }, { key })).answer).toEqual(done.answer);
    const pressed = await press(key);
    const repeated = await press(key);
    expect(repeated.answer).toEqual(pressed.answer);
  });

  it('TASK-5: a shuffle runs by itself after the press, and its progress can be read', async () => {
    for (let n = 0; n < 5; n++) await callAs(PIP, 'create', { title: `Task ${n}` });
    const { answer } = await press();
    const done = await until(async () => {
      const now = await progress(answer.id);
      return now.status === 'completed' && now;
    });
    expect(answer).toMatchObject({ requestedBy: { id: MIA, name: 'Mia' }, completedAt: null });
    const completedAt = expect.any(String);
    expect(done).toEqual({ ...answer, status: 'completed', done: answer.total, completedAt });
  });

  it('TASK-5: shuffles are listed, newest first, page by page, with who requested them', async () => {
    const list = async (params: object = {}) =>
      (await callAs<ActionAnswer<typeof shufflesAction>>(MIA, 'shuffles', params, { roles: ['admin'] }))
        .answer;
    const { answer: newest } = await press();
    const by = 'operator:pip@cage';
    const byOperator = await node.broker.call<ShuffleView, object>('tasks.operator.shuffles.start', { by });
    const { items } = await list();
    expect(items.slice(0, 2).map(({ id, requestedBy }) => [id, requestedBy])).toEqual([
      [byOperator.id, { id: by, name: by }],
      [newest.id, { id: MIA, name: 'Mia' }],
    ]);
    const paged: string[] = [];
    let cursor: string | null = null;
    do {
      const page: ActionAnswer<typeof shufflesAction> = await list({ limit: 1, ...(cursor && { cursor }) });
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(paged).toEqual(items.map(({ id }) => id));
  });

  it('TASK-8: the counts of the caller agree with the lists', async () => {
    const { id } = (await press()).answer;
    await until(async () => (await progress(id)).status === 'completed');
    const { answer } = await callAs<ActionAnswer<typeof countsAction>>(PIP, 'counts');
    const count = async (params: object) =>
      (await callAs<{ items: TaskView[] }>(PIP, 'list', { limit: 200, ...params })).answer.items.length;
    expect(answer).toEqual({
      open: { count: await count({ status: 'open' }), capped: false },
      mine: { count: await count({ status: 'open', assignee: 'me' }), capped: false },
      done: { count: await count({ status: 'done' }), capped: false },
      assignable: { count: 2, capped: false },
    });
  });

  it.each<[type: string, what: string, action: string, params: object, roles: readonly string[]]>([
    ['forbidden', 'a shuffle by an employee', 'shuffle', {}, ['developer']],
    ['forbidden', 'a shuffle by the boss', 'shuffle', {}, ['accountant', 'boss']],
    ['forbidden', 'the shuffles to an accountant', 'shuffles', {}, ['accountant']],
    ['forbidden', 'the progress to an employee', 'progress', { id: popug(1) }, ['developer']],
    ['VALIDATION_ERROR', 'a task without a title', 'create', {}, ['developer']],
    ['VALIDATION_ERROR', 'a novel', 'create', { title: 'x', description: 'y'.repeat(10_001) }, ['developer']],
    ['VALIDATION_ERROR', 'control characters', 'create', { title: 'a\u0000b' }, ['developer']],
    ['VALIDATION_ERROR', 'D10: an invisible title', 'create', { title: '\u200b\u2800' }, ['developer']],
    [
      'VALIDATION_ERROR',
      'D10: a title with a bidirectional control character',
      'create',
      { title: 'a\u202eb' },
      ['developer'],
    ],
    ['VALIDATION_ERROR', 'D10: a title of two lines', 'create', { title: 'a\u2029b' }, ['developer']],
    [
      'validation_failed',
      'D10: an id and no visible title',
      'create',
      { title: '[P-1] \u3164' },
      ['developer'],
    ],
    ['validation_failed', 'an id without a title', 'create', { title: '[P-1]' }, ['developer']],
    ['VALIDATION_ERROR', 'a malformed id', 'complete', { id: '1' }, ['developer']],
    ['not_found', 'completing a task that does not exist', 'complete', { id: popug(77) }, ['developer']],
    ['VALIDATION_ERROR', 'too long a page', 'list', { limit: 201 }, ['developer']],
    ['VALIDATION_ERROR', 'an order that does not exist', 'list', { sort: 'assignee' }, ['developer']],
    ['VALIDATION_ERROR', 'an assignee that is not an id', 'list', { assignee: 'you' }, ['developer']],
    ['VALIDATION_ERROR', 'a malformed time', 'list', { createdFrom: 'yesterday' }, ['developer']],
    ['invalid_cursor', 'a forged cursor', 'list', { cursor: 'x' }, ['developer']],
    ['not_found', 'a task that does not exist', 'get', { id: popug(77) }, ['developer']],
    ['not_found', 'a shuffle that does not exist', 'progress', { id: popug(77) }, ['admin']],
  ])('answer %s to %s, and nothing changes', async (type, _, action, params, roles) => {
    const database = databaseOf(node);
    const before = await everything(database);
    await expect(callAs(PIP, action, params, { roles })).rejects.toMatchObject({ type });
    expect(await everything(database)).toEqual(before);
  });

  it.each<[what: string, action: string, params: object, roles: readonly string[]]>([
    ['a new task', 'create', { title: 'x', assignee: PIP }, ['manager']],
    ['a shuffle', 'shuffle', { assignee: PIP }, ['admin']],
    ['a task to complete', 'complete', { id: popug(1), assignee: PIP }, ['developer']],
  ])(
    'TASK-4: let nobody choose the assignee of %s, and nothing changes',
    async (_, action, params, roles) => {
      const database = databaseOf(node);
      const before = await everything(database);
      const chosen = callAs(PIP, action, params, { roles });
      await expect(chosen).rejects.toMatchObject({ type: 'VALIDATION_ERROR' });
      expect(await everything(database)).toEqual(before);
    },
  );

  it('D10, TASK-1: measure titles and descriptions in code points, and store them in NFC', async () => {
    const create = async (params: object) =>
      (await callAs<{ title: string; externalId: string; description: string }>(PIP, 'create', params))
        .answer;
    const emoji = (n: number) => '🦜'.repeat(n);
    const long = await create({ title: `[${emoji(64)}] ${emoji(200)}`, description: emoji(10_000) });
    expect([
      long.externalId === emoji(64),
      long.title === emoji(200),
      long.description === emoji(10_000),
    ]).toEqual([true, true, true]);
    const { title, description } = await create({ title: 'Ka\u0308fig', description: 'e\u0301' });
    expect([title, description]).toEqual(['K\u00e4fig', '\u00e9']);
  });

  it('TASK-4: accept an assignee only as a filter of a list', async () => {
    const own = (await loadActionContracts()).filter(({ action }) => action.startsWith('tasks.'));
    const takes = own.filter(({ params }) => Object.keys(params).some((name) => /assign|user/i.test(name)));
    expect(takes.map(({ action }) => action)).toEqual(['tasks.list']);
  });

  it('refuse a call without a token', async () => {
    const before = await everything(databaseOf(node));
    const create = node.broker.call('tasks.create', { title: 'Wash' });
    await expect(create).rejects.toMatchObject({ type: 'unauthenticated' });
    expect(await everything(databaseOf(node))).toEqual(before);
  });

  it('is ready', async () => {
    expect(await node.broker.call('tasks.ready')).toMatchObject({ ready: true });
  });
});

describe('a second node', () => {
  it('TASK-5, FAIL-5: finishes the shuffle of one that stops', async () => {
    const second = await startNode(config, ['tasks']);
    const { answer } = await press();
    await node.stop();
    node = second;
    const done = await until(async () => {
      const now = await progress(answer.id);
      return now.status === 'completed' && now;
    });
    expect(done.done).toBe(answer.total);
  });
});
