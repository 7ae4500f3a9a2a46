/**
 * Operators' changes at the REPL after a failure: a stopped consumer, dead letters, refused events.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { headers } from 'nats';
import { addressesOf } from '#mixins/database/address.ts';
import { withClient } from '#mixins/database/client.ts';
import type { DatabaseMethods } from '#mixins/database/database.mixin.ts';
import { streamName } from '#mixins/names.ts';
import { platformOf } from '#mixins/platform.ts';
import { userRegistered } from '#schemas/events/auth/user-registered.v1.ts';
import { servicesWithInterventions } from '#schemas/intervention.ts';
import { loadEventContracts } from '#schemas/load.ts';
import type { Config } from '../../config.ts';
import type { AuditItem } from '../../services/audit/record.ts';
import { ADMIN_BEAK } from '../../services/auth/variables.fixture.ts';
import { startNode, type TestNode } from '../../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { encode } from '../../test/harness/consumers/encode.ts';
import { fixtureEvent } from '../../test/harness/consumers/fixture.ts';
import { serviceNames } from '../../test/harness/system.ts';
import { until } from '../../test/harness/wait.ts';
import { type HttpNode, startHttpNode } from '../../test/http-node.fixture.ts';
import { thisOperator } from '../launcher/operator.ts';
import { Terminal, untilTyped } from './terminal.fixture.ts';

const SERVICES = ['gateway', 'auth', 'tasks', 'audit'];

/**
 * More than a consumer may dead-letter in a minute, and enough that its other node stops as well.
 */
const POISON = 130;

let config: Config;
let node: HttpNode;
let second: TestNode;
let terminal: Terminal;
let greeting: string;
beforeAll(async () => {
  // This test causes errors, which would be logged.
  config = testConfig({ adminBeak: ADMIN_BEAK, logLevel: 'fatal' });
  node = await startHttpNode(config, SERVICES);
  second = await startNode(config, ['tasks']);
  terminal = new Terminal(config);
  greeting = await terminal.ready();
}, 60_000);
afterAll(async () => {
  await terminal?.end();
  await second?.stop();
  await node?.stop();
  await dropNamespace(config);
});

const databaseOf = (service: string) =>
  (node.broker.getLocalService(service) as unknown as DatabaseMethods).database;
/** Runs as the owner, because only the owner may change tables. */
const run = (service: string, sql: string) =>
  withClient(addressesOf(config, service).owner, (client) => client.run(sql));

/** Events of auth about unregistered people. */
async function tellOfUsers(count: number): Promise<void> {
  const { bus } = platformOf(node.broker);
  for (let n = 0; n < count; n++) {
    const userId = randomUUID();
    const data = {
      userId,
      login: `popug-${n}`,
      name: `Unlucky ${n}`,
      email: 'popug@example.com',
      locale: null,
      roles: ['developer'],
      active: true,
      mustChangeBeak: false,
      tokenVersion: 1,
    };
    const event = encode(fixtureEvent(userRegistered, userId, 1, data));
    const sent = headers();
    for (const [name, value] of Object.entries(event.headers)) sent.set(name, value);
    await bus.jetstream.publish(`${config.namespace}.${event.type}`, event.payload, { headers: sent });
  }
}

/** The log's entries about this operator, once there are `count`. */
function logged(type: string, count: number): Promise<AuditItem[]> {
  const query = `/audit?type=${type}&actor=${encodeURIComponent(thisOperator())}`;
  return until(
    async () => {
      const items = await node.admin.all<AuditItem>(query);
      return items.length >= count && items;
    },
    { within: 20_000, what: `${count} of ${type} in the log` },
  );
}

/** The operator actions of tasks with this step in the log, once there are `count`. */
function loggedSteps(step: string, count: number): Promise<{ step: string; target: string }[]> {
  return until(
    async () => {
      const items = await logged('tasks.intervention.made.v1', 1);
      const found = items
        .map(({ data }) => data as { step: string; target: string })
        .filter((data) => data.step === step);
      return found.length >= count && found;
    },
    { within: 20_000, what: `${count} of ${step} in the log` },
  );
}

it('names the services that do not answer', () => {
  const away = serviceNames().filter((name) => !SERVICES.includes(name));
  expect(away).toContain('accounting');
  expect(greeting).toContain(
    `: 2 nodes with audit, auth, gateway, tasks\nNot there: ${away.sort().join(', ')}\n`,
  );
});

it('does not report a consumer as unknown if its service does not answer', async () => {
  expect(await terminal.type('resume accounting-tasks')).toMatch(
    /^>> No node that answers has a consumer accounting-tasks\. There are: .*tasks-users\. Who did not answer .*accounting: no node runs it; /,
  );
});

describe('a consumer that stopped itself on two nodes', () => {
  let id: string;

  beforeAll(async () => {
    expect(await terminal.type('consumers tasks')).toMatch(/^tasks-users +running .* 2$/m);
    await run('tasks', `ALTER TABLE user_copy ADD CONSTRAINT luck CHECK (name NOT LIKE 'Unlucky%')`);
    await tellOfUsers(POISON);
  });

  it('is shown, with the reason and a hint', async () => {
    const seen = await untilTyped(terminal, 'consumers tasks', /STOPPED {2}/);
    expect(seen).toMatch(/tasks-users stopped at \S+Z on \S+: more than 100 events .*luck/);
    expect(seen).toContain('Mend the cause, then: resume tasks-users\n');
    expect(seen).toMatch(/^tasks-users +STOPPED {2}.* 100 +2$/m);
  });

  it('FAIL-3: has dead letters, which are shown page by page with all their fields', async () => {
    const first = await terminal.type('dead-letters tasks --each');
    expect(first).toContain('luck');
    const more = /^More: (dead-letters tasks --status open --cursor \S+)$/m.exec(first)?.[1] ?? '';
    const last = await terminal.type(more);
    const ids = `${first}${last}`.match(/[0-9a-f-]{36}(?= +tasks-users)/g) ?? [];
    expect(new Set(ids).size).toBe(100);
    id = ids[0] ?? '';
    const shown = await terminal.type(`dead-letter ${id}`);
    expect(shown).toMatch(/consumer +tasks-users\n/);
    expect(shown).toMatch(/status +open\n/);
    expect(shown).toMatch(/data +\n\{[\s\S]*name: 'Unlucky \d+'/);
  });

  it('FAIL-3: has one cause, with its count and its newest reason', async () => {
    const shown = await terminal.type('dead-letters');
    expect(shown).toMatch(/^tasks-users +auth\.user\.registered\.v1 +23514 +100 +\S+Z +.*luck/m);
    expect(shown).toContain('redrive --consumer <consumer>');
    expect(await terminal.type('dead-letters tasks --consumer tasks-users --code 00000')).toBe(
      'There are no open dead letters.\n',
    );
  });

  it('FAIL-3, AUD-1: fails a redrive while the cause remains, and that is in the log', async () => {
    const refused = await terminal.type(`redrive ${id}`);
    expect(refused).toMatch(/^0 redriven, 1 refused\n {2}[0-9a-f-]{36}: .*luck/);
    expect(await loggedSteps('redrive-failed', 1)).toMatchObject([
      { target: id, detail: expect.stringContaining('luck') },
    ]);
  });

  it('FAIL-3, AUD-1: fails a redrive of its cause while the cause remains, by a job that is in the log', async () => {
    expect(await terminal.type('redrive --consumer tasks-users')).toMatch(
      /^tasks-users, auth\.user\.registered\.v1 \(23514\): 0 redriven, 100 failed\n {2}See why: /,
    );
    expect(await loggedSteps('redrives-requested', 1)).toMatchObject([
      { target: 'tasks-users', detail: '100 of auth.user.registered.v1 (23514)' },
    ]);
    await loggedSteps('redrive-failed', 101);
  });

  it('AUD-1: is resumed on both nodes, once, and that is in the log', async () => {
    await run('tasks', 'ALTER TABLE user_copy DROP CONSTRAINT luck');
    expect(await terminal.type('resume tasks-users')).toMatch(/^(tasks-users goes on on \S+\n){2}$/);
    expect(await terminal.type('resume tasks-users')).toMatch(
      /^tasks-users is (running|waiting).*: there is nothing to resume\n$/,
    );
    await untilTyped(terminal, 'consumers tasks', /^tasks-users +running +0 +0 /m);
    expect(await databaseOf('tasks').rows(`SELECT FROM user_copy WHERE name LIKE 'Unlucky%'`)).toHaveLength(
      POISON - 100,
    );
    const resumed = {
      target: 'tasks-users',
      detail: expect.stringContaining('more than 100 events'),
    };
    expect(await loggedSteps('consumer-resumed', 2)).toMatchObject([resumed, resumed]);
  });

  it('FAIL-3, AUD-1: gets its events again, except for one that is discarded', async () => {
    const [other = ''] =
      (await terminal.type('dead-letters --each')).match(/[0-9a-f-]{36}(?= +tasks-users)/) ?? [];
    expect(await terminal.type(`discard ${other} "of no use"`)).toBe(`${other} is discarded: of no use\n`);
    expect(await terminal.type(`redrive ${other}`)).toMatch(/^0 redriven, 1 refused\n .*discarded before\n$/);
    expect(await terminal.type('redrive --consumer tasks-users --code 00000')).toBe(
      'tasks-users has no such open dead letters\n',
    );
    expect(await terminal.type('redrive --consumer tasks-users --code 23514')).toBe(
      'tasks-users, auth.user.registered.v1 (23514): 99 redriven, 0 failed\n',
    );
    expect(await terminal.type('redrive --consumer tasks-users')).toBe(
      'tasks-users has no such open dead letters\n',
    );
    expect(await terminal.type('dead-letters tasks')).toBe('There are no open dead letters.\n');
    expect(await terminal.type('dead-letters --status discarded')).toContain(other);
    expect(await databaseOf('tasks').rows(`SELECT FROM user_copy WHERE name LIKE 'Unlucky%'`)).toHaveLength(
      POISON - 1,
    );
    expect(await logged('tasks.dead-letter.discarded.v1', 1)).toMatchObject([
      { data: { reason: 'of no use' } },
    ]);
    expect(await logged('tasks.dead-letter.redriven.v1', 99)).toHaveLength(99);
  });
});

describe('events that the broker refused', () => {
  it('FAIL-1, AUD-1: are shown with the reason, and sent again, and that is in the log', async () => {
    const { bus } = platformOf(node.broker);
    const stream = streamName(config.namespace, 'auth');
    const { config: settings } = await bus.manager.streams.info(stream);
    await bus.manager.streams.update(stream, { max_msg_size: 100 });
    await node.admin.register('pip', ['developer']);
    const seen = await untilTyped(terminal, 'outboxes auth', /^auth +0 +0\.0 s +[1-9]/m);
    expect(seen).toContain('See what was refused, and why: refused auth\n');
    const refused = await terminal.type('refused auth');
    const [position = ''] = /^\d+(?= +auth\.user\.registered\.v1)/m.exec(refused) ?? [];
    expect(refused).toMatch(/message size exceeds maximum/);
    expect(await terminal.type(`refused auth --after ${2 ** 40}`)).toBe('auth has no refused events.\n');
    await bus.manager.streams.update(stream, { max_msg_size: settings.max_msg_size });
    expect(await terminal.type(`resend auth ${position}`)).toMatch(/^1 sent again; /);
    expect(await terminal.type(`resend auth ${position}`)).toBe(
      'auth has no refused events there: nothing was sent\n',
    );
    expect(await terminal.type('resend auth --all')).toMatch(/^\d+ sent again; /);
    expect(await terminal.type('resend auth --all')).toBe(
      'auth has no refused events at all: nothing was sent\n',
    );
    await untilTyped(terminal, 'outboxes auth', /^auth +0 +0\.0 s +0$/m);
    const told = await logged('auth.intervention.made.v1', 2);
    expect(told).toHaveLength(2);
    expect(told.at(-1)).toMatchObject({
      data: { step: 'refused-sent-again', target: 'auth', detail: `Positions ${position}` },
    });
    expect(await node.admin.all<AuditItem>('/audit?type=auth.user.registered.v1')).not.toEqual([]);
  });
});

describe('every service with an outbox', () => {
  it('AUD-1: has a contract for operator actions', async () => {
    const { broker } = node;
    const registry = broker.registry as unknown as { getActionList(options: object): { name: string }[] };
    const end = '.operator.outbox.sendAgain';
    const there = registry
      .getActionList({})
      .flatMap(({ name }) => (name.endsWith(end) ? [name.slice(0, -end.length)] : []));
    expect(there.length).toBeGreaterThan(0);
    expect(servicesWithInterventions(await loadEventContracts())).toEqual(expect.arrayContaining(there));
  });
});

it('leaves with 0 after q', async () => {
  await terminal.type('q');
  expect(await terminal.end()).toMatchObject({ status: 0 });
});
