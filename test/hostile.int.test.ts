/** Every action with hostile values, sent by an admin, because admins pass the most checks. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { databaseName } from '#mixins/names.ts';
import type { ActionContract } from '#schemas/action.ts';
import { TASK_SORTS } from '#schemas/actions/tasks/list.ts';
import { loadActionContracts } from '#schemas/load.ts';
import { ADMIN_BEAK } from '../services/auth/variables.fixture.ts';
import { Client, type Page, type Task, type User } from './e2e/client.ts';
import { inParallel } from './faults/crowd.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { testServers } from './harness/servers.ts';
import { type System, startSystem } from './harness/system.ts';
import { until } from './harness/wait.ts';
import {
  forgedCursors,
  HOSTILE_BODIES,
  HOSTILE_BYTES,
  HOSTILE_JSON,
  HOSTILE_TEXTS,
  sortOf,
} from './hostile-values.fixture.ts';

const SEED = 20_260_101;
const FORGED_PER_LIST = 60;
const AT_A_TIME = 8;
/**
 * The number of beaks that are hashed at once. On a slow machine, further requests would be refused
 * with Retry-After.
 */
const AT_A_TIME_BY_AUTH = 2;

// An answer that never ends is no answer to compare.
const contracts = (await loadActionContracts()).filter(({ event }) => event === undefined);
const changes = contracts.filter(({ route }) => route.startsWith('PATCH '));
const others = contracts.filter((contract) => !changes.includes(contract));
const lists = contracts.filter(({ params }) => 'cursor' in params);
const config = testConfig();

interface Request {
  readonly action: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

let system: System;
let admin: Client;
/** Valid values of the params, by name; `id` depends on the route. */
let honest: Record<string, string>;
let idOf: Record<string, string>;

beforeAll(async () => {
  system = await startSystem({ ...testServers(), namespace: config.namespace });
  admin = await new Client(system.api).signIn('admin', ADMIN_BEAK);
  const victims: User[] = [];
  for (const login of ['vic', 'vera']) victims.push((await admin.register(login, ['developer'])).user);
  const tasks: Task[] = [];
  for (let n = 0; n < 4; n++) tasks.push(await admin.createTask(`Task ${n}`));
  const shuffle = await admin.expect<{ id: string }>(202, 'POST', '/tasks/shuffles');
  const busy = tasks[0]?.assignee.id ?? '';
  await until(async () => (await rowsOf('accounting', 'SELECT FROM posting')) === 8, { within: 20_000 });
  honest = {
    userId: busy,
    login: 'newcomer',
    name: 'New Comer',
    email: 'new@example.com',
    beak: 'newcomer-beak',
    title: 'A title',
  };
  idOf = {
    '/users/:id': victims[0]?.id ?? '',
    '/tasks/shuffles/:id': shuffle.id,
    '/tasks/:id': tasks[1]?.id ?? '',
  };
}, 90_000);

afterAll(async () => {
  await system?.stop();
  for (const client of clients.values()) await client.end();
  await dropNamespace(config);
});

/** A connection to the database of each service that was looked into. */
const clients = new Map<string, pg.Client>();

async function connect(service: string): Promise<pg.Client> {
  const url = new URL(testServers().databaseUrl);
  url.pathname = `/${databaseName(config.namespace, service)}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  clients.set(service, client);
  return client;
}

async function query<Row extends object>(service: string, sql: string): Promise<Row[]> {
  const client = clients.get(service) ?? (await connect(service));
  return (await client.query<Row>(sql)).rows;
}

async function rowsOf(service: string, select: string): Promise<number> {
  return (await query(service, select)).length;
}

/** `GET /tasks/:id` → its parts; those at the root (`//`) are no part of the API's path. */
function routeOf({ route }: ActionContract) {
  const [method = '', path = ''] = route.split(' ');
  return { method, path, inPath: [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '') };
}

function honestId(path: string): string {
  return Object.entries(idOf).find(([route]) => path.startsWith(route))?.[1] ?? '';
}

/** A request that is honest but for one param, whose `value` is encoded as its place wants it. */
function requestOf(contract: ActionContract, param: string | null, value: string): Request {
  const { method, path, inPath } = routeOf(contract);
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) =>
    name === param ? value : name === 'id' ? honestId(path) : (honest[name] ?? ''),
  );
  const { action } = contract;
  if (method === 'GET' || method === 'DELETE') {
    const own = param === null || inPath.includes(param) ? '' : `?${param}=${value}`;
    return { action, method, path: `${filled}${own}` };
  }
  const names = Object.keys(contract.params).filter(
    (name) => !name.startsWith('$$') && !inPath.includes(name),
  );
  const needed = names.filter((name) => name !== param && name in honest && action !== 'auth.change');
  const fields = needed.map((name) => `"${name}":${JSON.stringify(honest[name])}`);
  if (names.includes('roles') && param !== 'roles' && action !== 'auth.change')
    fields.push('"roles":["developer"]');
  if (param !== null && !inPath.includes(param)) fields.push(`"${param}":${value}`);
  return { action, method, path: filled, body: `{${fields.join(',')}}` };
}

function* requestsFor(contract: ActionContract): Generator<Request> {
  const { method, inPath } = routeOf(contract);
  const asText = [...HOSTILE_TEXTS, ...HOSTILE_BYTES];
  const names = Object.keys(contract.params).filter((name) => !name.startsWith('$$'));
  const inQuery = method === 'GET' || method === 'DELETE';
  for (const name of names) {
    const values = inQuery || inPath.includes(name) ? asText : HOSTILE_JSON;
    for (const value of values) yield requestOf(contract, name, value);
  }
  if (!inQuery) for (const body of HOSTILE_BODIES) yield { ...requestOf(contract, null, ''), body };
  const plain = requestOf(contract, null, '');
  for (const strange of [
    'a=1',
    '__proto__=1',
    'limit=1&limit=2',
    'limit[]=1',
    'cursor[a]=b',
    '=',
    '&&&',
    '%00=1',
  ]) {
    yield { ...plain, path: `${plain.path}?${strange}` };
  }
}

function withCursor(contract: ActionContract, cursor: string): Request {
  const request = requestOf(contract, 'cursor', cursor);
  const sort = 'sort' in contract.params ? sortOf(cursor, TASK_SORTS) : undefined;
  return sort === undefined ? request : { ...request, path: `${request.path}&sort=${sort}` };
}

/** What is wrong with the answer; null where nothing is. */
async function faultOf({ method, path, body }: Request): Promise<{ status: number; fault: string | null }> {
  const base = path.startsWith('//') ? `${system.root}${path.slice(1)}` : `${system.api}${path}`;
  const response = await fetch(base, {
    method,
    headers: {
      authorization: `Bearer ${admin.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const { status } = response;
  const text = await response.text();
  if (status >= 500) return { status, fault: text };
  if (status < 400) return { status, fault: null };
  if (response.headers.get('content-type')?.startsWith('application/problem+json') !== true)
    return { status, fault: 'no problem+json' };
  const problem = JSON.parse(text) as {
    code?: unknown;
    errors?: { field?: unknown }[];
  };
  if (typeof problem.code !== 'string' || problem.code === '') return { status, fault: 'no code' };
  const errors = problem.errors ?? [];
  const named = errors.length > 0 && errors.every(({ field }) => typeof field === 'string' && field !== '');
  return { status, fault: status === 422 && !named ? `no field is named: ${text}` : null };
}

/**
 * Sends them all; how many each action accepted, whatever was wrong with an answer, and how many of
 * the accepted ones `look` saw the effect of. With `look` they are sent one by one, and a refused
 * one must leave what it sees as it was.
 */
async function attack(requests: readonly Request[], look?: () => Promise<string>) {
  const accepted: Record<string, number> = {};
  const faults: string[] = [];
  let seenChanges = 0;
  let seen = await look?.();
  const most = requests.some(({ action }) => action.startsWith('auth.')) ? AT_A_TIME_BY_AUTH : AT_A_TIME;
  await inParallel(requests.length, look === undefined ? most : 1, async (index) => {
    const request = requests[index];
    if (request === undefined) return;
    const { status, fault } = await faultOf(request);
    const before = seen;
    seen = await look?.();
    const changed = seen !== before;
    if (status < 300) {
      accepted[request.action] = (accepted[request.action] ?? 0) + 1;
      if (changed) seenChanges += 1;
    }
    const wrong = fault ?? (changed && status >= 300 ? 'it was refused and changed something' : null);
    if (wrong !== null) {
      faults.push(
        `${status} ${request.method} ${request.path.slice(0, 200)} ${request.body?.slice(0, 200) ?? ''} → ${wrong}`,
      );
    }
  });
  return { accepted, faults, seenChanges };
}

/** Every account and session, to the last column. */
async function accounts(): Promise<string> {
  const rows = await query<{ row: string }>(
    'auth',
    `SELECT row FROM (SELECT u::text AS row FROM user_account u UNION ALL SELECT s::text FROM session s) AS r ORDER BY row`,
  );
  return rows.map(({ row }) => row).join('\n');
}

/** The business tables that requests write to. */
async function tables() {
  const [auth] = await query<object>(
    'auth',
    'SELECT (SELECT count(*) FROM user_account)::int AS users, (SELECT count(*) FROM session)::int AS sessions',
  );
  const [tasks] = await query<object>(
    'tasks',
    `SELECT count(*)::int AS tasks, count(*) FILTER (WHERE status = 'done')::int AS done,
       (SELECT count(*) FROM shuffle)::int AS shuffles FROM task`,
  );
  return { ...auth, ...tasks } as Record<'users' | 'sessions' | 'tasks' | 'done' | 'shuffles', number>;
}

describe('an admin who sends hostile values', () => {
  it.each(others.map((contract) => [contract.action, contract] as const))(
    'gets well-formed answers from %s, and a refused request changes nothing',
    async (action, contract) => {
      const before = await tables();
      const { accepted, faults } = await attack([...requestsFor(contract)]);
      expect(faults).toEqual([]);
      const made = (name: string) => (action === name ? (accepted[name] ?? 0) : 0);
      expect(await tables()).toEqual({
        users: before.users + made('auth.register'),
        sessions: before.sessions,
        tasks: before.tasks + made('tasks.create'),
        done: before.done,
        shuffles: before.shuffles + made('tasks.shuffle'),
      });
    },
  );

  it.each(changes.map((contract) => [contract.action, contract] as const))(
    'gets well-formed answers from %s, and a refused request changes no column of any account',
    async (_, contract) => {
      const { faults, seenChanges } = await attack([...requestsFor(contract)], accounts);
      expect(faults).toEqual([]);
      // What is looked at would show it.
      expect(seenChanges).toBeGreaterThan(0);
    },
  );

  it.each(lists.map((contract) => [contract.action, contract] as const))(
    'can forge no cursor that breaks %s',
    async (_, contract) => {
      const forged = forgedCursors(TASK_SORTS, FORGED_PER_LIST, SEED);
      expect((await attack(forged.map((cursor) => withCursor(contract, cursor)))).faults).toEqual([]);
    },
  );

  it('may use the cursor of one list in another', async () => {
    const paths = [
      ...TASK_SORTS.map((sort) => `/tasks?sort=${sort}&limit=1`),
      // Lists of something that must be named first have other rows for each name.
      ...lists
        .filter(({ route }) => !route.includes(':'))
        .map((list) => `${requestOf(list, 'limit', '1').path}`),
    ];
    const cursors: string[] = [];
    for (const path of paths) {
      const { nextCursor } = await admin.expect<Page<unknown>>(200, 'GET', path);
      if (nextCursor !== null) cursors.push(encodeURIComponent(nextCursor));
    }
    expect(cursors.length).toBeGreaterThanOrEqual(TASK_SORTS.length + 3);
    const requests = lists.flatMap((list) => cursors.map((cursor) => requestOf(list, 'cursor', cursor)));
    expect((await attack(requests)).faults).toEqual([]);
  });

  it('leaves books with each accepted assignment once', async () => {
    const count = async () => {
      const assigned = await rowsOf('tasks', 'SELECT FROM assignment');
      const running = await rowsOf('tasks', "SELECT FROM shuffle WHERE status = 'running'");
      return running === 0 && (await rowsOf('accounting', 'SELECT FROM posting')) === assigned && assigned;
    };
    expect(await until(count, { within: 30_000, every: 200, what: 'the books to be even' })).toBeGreaterThan(
      0,
    );
    expect(await rowsOf('accounting', 'SELECT FROM dead_letter')).toBe(0);
  });
});
