/**
 * The REPL itself: joining, finding commands, typing errors and leaving; and the commands that only
 * read, on a healthy system.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'nats';
import { createBus } from '#mixins/bus/nats-bus.ts';
import type { DatabaseMethods } from '#mixins/database/database.mixin.ts';
import { IDENTITY_BUCKET } from '#mixins/identity/identity.ts';
import { Progress } from '#mixins/loops/progress.ts';
import type { Config } from '../../config.ts';
import { asIntruder } from '../../services/accounting/seal/seal.fixture.ts';
import type { AuditItem } from '../../services/audit/record.ts';
import { ADMIN_BEAK } from '../../services/auth/variables.fixture.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { startNats, type TestServer } from '../../test/harness/servers.ts';
import { serviceNames } from '../../test/harness/system.ts';
import { until } from '../../test/harness/wait.ts';
import { type HttpNode, startHttpNode } from '../../test/http-node.fixture.ts';
import { COMPILE_CACHE } from '../compile-cache.mjs';
import { thisOperator } from '../launcher/operator.ts';
import { commandsOf } from './commands.ts';
import { NOWHERE, Terminal, untilTyped } from './terminal.fixture.ts';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** A placeholder for the URL of a NATS that holds only the bucket of the system `asleep`. */
const OTHER = 'other';

/** Configurations with which joining fails, and the error of each. */
const REFUSED = {
  'no system in the data folder': [{ NATS_URL: '' }, 'No system runs on the data folder'],
  'a NATS that is away': [{ NATS_URL: 'nats://127.0.0.1:1' }, "NATS at 127.0.0.1:1 can't be reached"],
  'a namespace that nobody has': [{ NAMESPACE: 'nobodys' }, 'holds no system nobodys'],
  'a system whose nodes are away': [{ NATS_URL: OTHER, NAMESPACE: 'asleep' }, 'no node of the system asleep'],
} as const;

let config: Config;
let node: HttpNode;
let terminal: Terminal;
let other: TestServer;
let refused: ReadonlyMap<string, Terminal>;
let greeting: string;

function withOther(environment: Readonly<Record<string, string>>): Record<string, string> {
  const url = environment.NATS_URL === OTHER ? { NATS_URL: other.url } : {};
  return { ...environment, ...url };
}

async function streamsOn(url: string): Promise<string[]> {
  const { host, username: user, password: pass } = new URL(url);
  const connection = await connect({ servers: host, user, pass });
  const names: string[] = [];
  for await (const name of (await connection.jetstreamManager()).streams.names()) names.push(name);
  await connection.close();
  return names;
}

beforeAll(async () => {
  config = testConfig({ adminBeak: ADMIN_BEAK });
  other = await startNats();
  const bus = createBus({ ...config, natsUrls: [other.url], namespace: 'asleep' });
  await bus.start();
  await bus.bucket(IDENTITY_BUCKET);
  await bus.stop();
  node = await startHttpNode(config, serviceNames());
  terminal = new Terminal(config);
  greeting = await terminal.ready();
  // These attempts mostly wait, so the other tests run meanwhile.
  refused = new Map(
    Object.entries(REFUSED).map(([name, [environment]]) => [
      name,
      new Terminal(config, withOther(environment)),
    ]),
  );
}, 60_000);
afterAll(async () => {
  await terminal?.end();
  await node?.stop();
  await other?.dispose();
  await dropNamespace(config);
});

/** The log's entries about this operator, once there are any. */
function logged(type: string): Promise<AuditItem[]> {
  const query = `/audit?type=${type}&actor=${encodeURIComponent(thisOperator())}`;
  return until(
    async () => {
      const items = await node.admin.all<AuditItem>(query);
      return items.length > 0 && items;
    },
    { within: 20_000, what: `${type} in the log` },
  );
}

describe('an operator who starts the REPL', () => {
  it('sees the services, their own name and a hint, and nothing else', () => {
    const [there, you, ...more] = greeting.split('\n');
    expect(there).toBe(`${config.namespace}: 1 node with ${serviceNames().join(', ')}`);
    expect(you).toMatch(/^You are operator:\S+@\S+\. All commands: help\. .*Leave: q or Ctrl-D$/);
    expect(more).toEqual(['']);
  });

  it('finds every command by help, and the help of each', async () => {
    const help = await terminal.type('help');
    for (const { command, description, options = [] } of await commandsOf(config.product)) {
      const [name = ''] = command.split(' ');
      expect(help).toContain(description);
      const own = await terminal.type(`help ${name}`);
      expect(own).toContain(description);
      for (const each of options) {
        expect(own).toContain(each.option);
        expect(own).toContain(each.description);
      }
      expect(await terminal.type(`${name} --help`)).toBe(own);
    }
  });

  it('leaves with 0 at Ctrl-D, after the answers to all input', async () => {
    // As in a container, where it must not replace the health check of the node beside it.
    const HEALTH_SOCKET = `${NOWHERE}.sock`;
    const other = new Terminal(config, { HEALTH_SOCKET, DATABASE_URL: '' });
    await other.ready();
    expect(existsSync(HEALTH_SOCKET)).toBe(false);
    const { status, output } = await other.end('outboxes', 'dead-letters', 'verify', 'rebuild', 'q', 'nodes');
    expect(status).toBe(0);
    expect(output).not.toContain('Node ');
    expect(output).toMatch(
      /Outbox .*Waiting[\s\S]*There are no open dead letters\.[\s\S]*set DATABASE_URL[\s\S]*Generation 1 is live/,
    );
  });

  const script = spawnSync('script', ['--version']).status === 0;
  (script ? it : it.skip)('has a prompt, colours and Ctrl-D at a terminal', async () => {
    const command = `${process.execPath} ${fileURLToPath(new URL('../repl.ts', import.meta.url))}`;
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        HOME: '/nowhere',
        NATS_URL: config.natsUrls.join(','),
        NAMESPACE: config.namespace,
        DATA_DIR: NOWHERE,
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let seen = '';
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
    });
    await until(() => seen.includes(`${config.namespace} $ `), { within: 20_000, what: 'the prompt' });
    child.stdin.write('nonsense\r');
    await until(() => seen.includes('There is no command "nonsense"'), { what: 'the refusal' });
    child.stdin.write('top\r');
    await until(() => /Ctrl-C ends it\s+\S+: (all is well|something)/.test(seen), { what: 'the live view' });
    const before = seen.length;
    child.stdin.write('\u0003');
    await until(() => seen.slice(before).includes(`${config.namespace} $ `), { what: 'the prompt again' });
    child.stdin.write('\u0004');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('a loop that makes no progress', () => {
  const readyz = async () => {
    const answer = await fetch(new URL('/readyz', node.api));
    return { status: answer.status, body: (await answer.json()) as object };
  };

  it('A2: is shown by loops and by /readyz, which stays 200, until it goes on', async () => {
    const healthy = await terminal.type('loops mailer');
    for (const name of ['requests', 'payouts', 'digests', 'outbox', 'clear-payouts', 'purge-keys'])
      expect(healthy).toMatch(new RegExp(`mailer-${name} .*(idle|working)`));
    expect(await readyz()).toEqual({ status: 200, body: { status: 'ready' } });

    const { loops } = node.broker.getLocalService('mailer') as unknown as DatabaseMethods;
    const { progress } = loops.add({ name: 'beads', progress: new Progress() });
    progress.failed('There is no string', performance.now() - 61_000);
    const stalled = await terminal.type('loops');
    expect(stalled).toMatch(/mailer-beads .*STALLED/);
    expect(stalled).toMatch(/^mailer-beads makes no progress on \S+ since \S+Z: There is no string$/m);
    await until(async () => 'stalled' in (await readyz()).body, {
      within: 20_000,
      what: 'the name of the loop',
    });
    expect(await readyz()).toEqual({ status: 200, body: { status: 'ready', stalled: ['mailer-beads'] } });

    progress.ended(false, performance.now());
    await until(async () => !('stalled' in (await readyz()).body), { within: 20_000, what: 'no name' });
    expect(await terminal.type('loops mailer')).toMatch(/mailer-beads .*idle/);
  }, 60_000);

  it('A2: can be looked up in one service, which must exist', async () => {
    expect(await terminal.type('loops accounting')).not.toContain('mailer-');
    expect(await terminal.type('loops nobody')).toMatch(/^>> There is no such service: nobody\. There are: /);
  });
});

describe('an operator who mistypes', () => {
  it.each([
    ['lettres', /^>> There is no command "lettres"\. All that there are: help\n$/],
    ['help lettres', /^>> There is no command "lettres"\. All that there are: help\n$/],
    ['env', /^>> There is no command "env"\. All that there are: help\n$/],
    ['load x', /^>> There is no command "load"/],
    ['dead-letters tasks now', /^>> There are too many words: tasks now\n$/],
    ['dead-letters --sideways', /^>> Unknown option '--sideways'\n$/],
    ['dead-letters --status', /^>> Option '--status <value>' argument missing\n$/],
    ['nodes tasks', /^>> There are too many words: tasks\n$/],
    ['dead-letters --status lost', /^>> lost is no status: open, redriven, discarded\n$/],
    ['dead-letters --cursor lost', /^>> A cursor belongs to one list [^\n]+\n$/],
    ['dead-letters nobody', /^>> There is no such service: nobody\. There are: accounting, /],
    ['dead-letter', /^>> <id> is missing\n$/],
    ['dead-letter x', /^>> x is no id of a dead letter\. See: dead-letters\n$/],
    ['dead-letter 0192f000-0000-7000-8000-000000000001', /^>> There is no dead letter 0192f000\S+\n$/],
    ['redrive', /^>> Name dead letters or a consumer: /],
    [
      'redrive --consumer nobody',
      /^>> No node that answers has a consumer nobody\. There are: accounting-requests, /,
    ],
    ['discard 0192f000-0000-7000-8000-000000000001', /^>> Give the reason: discard 0192f000\S+ <reason>\n$/],
    ['discard', /^>> Name a dead letter or a cause: /],
    ['discard --consumer tasks-users', /^>> Give the reason: discard --consumer tasks-users --code <code>/],
    ['discard --consumer nobody of no use', /^>> No node that answers has a consumer nobody\./],
    ['actions nobody', /^>> No node runs actions for operators of nobody\. See: services\n$/],
    [
      'call tasks.list',
      /^>> tasks\.list is for people .* with a token: GET \/api\/v1\/tasks\. .*: actions\n$/,
    ],
    ['call tasks.deadLetters.list', /^>> There is no action tasks\.deadLetters\.list for operators\./],
    ['call tasks.operator.nothing', /^>> There is no action tasks\.operator\.nothing for operators\./],
    ['call tasks.operator.shuffles.get x', /^>> x is no param: name=value\n$/],
    ['call analytics.operator.rebuild.cancel', /^>> No rebuild is under way\n$/],
    ['resume nobody', /^>> No node that answers has a consumer nobody\. There are: accounting-requests, /],
    ['refused nobody', /^>> There is no such service: nobody\./],
    ['refused tasks --after x', /^>> x is no position/],
    ['resend tasks', /^>> Name the positions \(refused tasks shows them\) or --all: resend tasks --all\n$/],
    ['resend tasks 1 --all', /^>> Name the positions/],
    ['resend tasks one', /^>> one is no position/],
    ['shuffles x', /^>> x is no id of a shuffle\. See: shuffles\n$/],
    ['shuffles 0192f000-0000-7000-8000-000000000001', /^>> There was no shuffle 0192f000/],
    ['day tomorrow', /^>> tomorrow is no business day: YYYY-MM-DD\n$/],
    ['day 2025-02-30', /^>> 2025-02-30 is no day of the calendar\n$/],
    ['day 9999-01-01', /^>> The open business day is \d{4}-\d{2}-\d{2}\n$/],
    ['day 9999-01-01 --close', /^>> The open business day is \d{4}-\d{2}-\d{2}\n$/],
    ['day --close', /^>> Name the day to close: day YYYY-MM-DD --close\n$/],
    ['reconcile all', /^>> all is no number of a reconciliation\n$/],
    ['reconcile 999999', /^>> There is no reconciliation 999999, or it is long gone\n$/],
    ['rebuild --cancel', /^>> No rebuild is under way\n$/],
    ['rebuild --start --cancel', /^>> Only one of --start, --snapshot and --cancel\n$/],
    ['', /^$/],
  ])('gets one line, and can go on: %s', async (line, told) => {
    const answer = await terminal.type(line);
    expect(answer).toMatch(told);
    expect(answer).not.toMatch(/^ +at /m);
  });
});

it('accepts commands by their former names', async () => {
  expect(await terminal.type('letters tasks')).toBe('There are no open dead letters.\n');
  expect(await terminal.type('letter x')).toBe(await terminal.type('dead-letter x'));
});

it('answers as JSON with --json', async () => {
  const { rows, error } = JSON.parse(await terminal.type('services --json')) as {
    rows: object[];
    error: null;
  };
  expect(rows).toEqual(serviceNames().map((Service) => ({ Service, Nodes: '1' })));
  expect(error).toBeNull();
});

it('calls actions for operators, which are listed', async () => {
  expect(await terminal.type('actions tasks')).toMatch(/^tasks\.operator\.shuffles\.get {2,}id$/m);
  const id = 'id=0192f000-0000-7000-8000-000000000001';
  expect(await terminal.type(`call tasks.operator.shuffles.get ${id}`)).toMatch(/^>> /);
  expect(await terminal.type('call tasks.operator.outbox.stats')).toMatch(/backlog: \d+/);
});

describe('a REPL that cannot start', () => {
  it.each(Object.entries(REFUSED))(
    'with %s prints one line that says what to do, and ends with 1',
    async (name, [, told]) => {
      const ended = await refused.get(name)?.end();
      expect(ended?.output).toContain(told);
      expect(ended?.output.trim().split('\n')).toHaveLength(1);
      expect(ended?.status).toBe(1);
    },
  );

  it('G26: makes nothing there', async () => {
    await Promise.all([...refused.values()].map((each) => each.end()));
    expect(await streamsOn(other.url)).toEqual(['KV_asleep_identity']);
    const ours = await streamsOn(config.natsUrls[0] ?? '');
    expect(ours.filter((name) => name.includes('nobodys'))).toEqual([]);
  });
});

describe('an operator', () => {
  it('TASK-5, AUD-1: starts a shuffle, watches it, and is named in the log', async () => {
    expect(await terminal.type('shuffles')).toBe('There was no shuffle yet. Start one: shuffles --start\n');
    expect(await terminal.type('shuffles --start')).toMatch(
      /^>> There is no active account other than those of managers and admins\. [^\n]+\n$/,
    );
    await node.admin.register('pip', ['developer']);
    for (const title of ['Wash the cage', 'Feed the parrots']) await node.admin.createTask(title);
    const started = await terminal.type('shuffles --start');
    const [id] = UUID.exec(started) ?? [];
    expect(started).toBe(`Shuffle ${id} of 2 tasks has begun. How far it is: shuffles ${id}\n`);
    expect(await untilTyped(terminal, `shuffles ${id}`, /completed/)).toBe(
      `Shuffle ${id} is completed: 2 of 2 tasks drawn\n`,
    );
    expect(await terminal.type('shuffles')).toMatch(new RegExp(`${id} .*completed.* 2 .* 2 .*operator:`));
    expect(await logged('tasks.shuffle.requested.v1')).toMatchObject([
      { data: { shuffleId: id, requestedById: thisOperator() } },
    ]);
    expect(await logged('tasks.shuffle.completed.v1')).toHaveLength(1);
  });

  it('ACC-6, AUD-1: previews the close of a day, closes it, and is named in the log', async () => {
    const rehearsed = await terminal.type('day');
    const [day] = /\d{4}-\d{2}-\d{2}/.exec(rehearsed) ?? [];
    expect(rehearsed).toMatch(/status +open[\s\S]*total paid +\d+\.\d\d USD/);
    expect(rehearsed).toContain(`Nothing was changed. To close it: day ${day} --close\n`);
    expect(await terminal.type(`day ${day}`)).toMatch(new RegExp(`^business day +${day}\nstatus +open\n`));
    expect(await terminal.type(`day ${day} --close`)).toMatch(/status +clos(ed|ing)/);
    expect(await untilTyped(terminal, `day ${day}`, /status +closed/)).toMatch(
      /head of the seal +[0-9a-f]{64}/,
    );
    expect(await logged('accounting.day.closed.v1')).toMatchObject([{ data: { businessDay: day } }]);
  });

  it('ANA-5, AUD-1: rebuilds the figures, and is named in the log', async () => {
    // A refused line does not affect the next one.
    expect(await terminal.type('rebuild --start --sideways')).toMatch(/^>> Unknown option/);
    expect(await terminal.type('rebuild')).toBe(
      'Generation 1 is live\nNothing was ever rebuilt\nThere is no snapshot\n',
    );
    expect(await terminal.type('rebuild --start')).toBe(
      'Generation 2 is being built. How far it is: rebuild\n',
    );
    expect(await untilTyped(terminal, 'rebuild', /is complete, and live/)).toContain(
      'Generation 2 is live\n',
    );
    expect(await logged('analytics.intervention.made.v1')).toMatchObject([
      { data: { step: 'rebuild-started', target: 'generation 2', detail: null } },
    ]);
  });

  it('ANA-6: sees whether tasks, ledger, figures and mails agree', async () => {
    expect(await terminal.type('reconcile')).toMatch(/^Tasks, ledger, figures and mails agree as of \S+Z\n$/);
    expect(await terminal.type('reconcile 1')).toMatch(
      /^(Tasks, ledger, figures and mails agree|Reconciliation 1 is)/,
    );
  });

  it('ACC-8: verifies the journal, and sees the line that was tampered with', async () => {
    const journal = `The journal of ${config.namespace}_accounting`;
    expect(await untilTyped(terminal, 'verify --heads', /all sealed/)).toContain(`${journal} is intact.\n`);
    await asIntruder(config, 'UPDATE entry SET amount = amount * 2 WHERE posting_id = 1');
    try {
      expect(await terminal.type('verify')).toMatch(
        /WAS TAMPERED WITH[\s\S]*posting 1 was changed after it was sealed/,
      );
    } finally {
      await asIntruder(config, 'UPDATE entry SET amount = amount / 2 WHERE posting_id = 1');
    }
  });
});
