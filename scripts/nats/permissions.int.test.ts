/**
 * F18: the rights of the users of NATS, each subject for each user, as a real nats-server decides.
 */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AckPolicy, headers } from 'nats';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { streamExists } from '#mixins/bus/streams.ts';
import { decoderOf } from '#mixins/consumer/decode.ts';
import { defineConsumer } from '#mixins/consumer/definition.ts';
import type { Message } from '#mixins/consumer/message.ts';
import { SILENT } from '#mixins/log.ts';
import { streamName } from '#mixins/names.ts';
import type { NewEvent } from '#mixins/outbox/event.ts';
import { append, cleaned, openDatabase, storedIn, unpublished } from '#mixins/outbox/outbox.fixture.ts';
import { Relay } from '#mixins/outbox/relay.ts';
import { serviceOf } from '#schemas/event.ts';
import { taskPaid } from '#schemas/events/accounting/task-paid.v1.ts';
import { readConfig } from '../../config.ts';
import { loadProducts, type Product } from '../../product.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { startNats, type TestServer } from '../../test/harness/servers.ts';
import { until } from '../../test/harness/wait.ts';
import { urlAs } from '../servers/nats-users.ts';
import { Probe, type Right } from './permissions.fixture.ts';
import { loadServiceFacts, type ServiceFacts } from './service-facts.ts';
import { serviceUser, systemUsers, userNamed } from './users.ts';

const SYSTEM = 'sys';
const PAIR = ['accounting', 'analytics'];

let nats: TestServer;
let facts: readonly ServiceFacts[];
/**
 * By the user's name without the namespace: its actual rights among all that are asked for in this
 * test.
 */
const found = new Map<string, Set<Right>>();
const wanted = new Map<Right, ReadonlySet<string>>();

/**
 * States that exactly these users have these rights, among the users of single services and of
 * operators.
 */
function only(who: readonly string[], ...rights: readonly Right[]): void {
  for (const right of rights) wanted.set(right, new Set([...(wanted.get(right) ?? []), ...who]));
}

/** A call of the action to a node. */
function callTo(action: string): Right {
  const [service, ...words] = action.split('.');
  return `publish MOL-${SYSTEM}.REQ.${service}.some-user.x.${words.join('.')}`;
}

/**
 * The expected rights, from the services' facts alone, independent of the generated permissions.
 */
function sayWhoMay(): void {
  const names = facts.map(({ name }) => name);
  const everybody = [...names, 'operator'];
  const publishers = facts.filter(({ publishes }) => publishes).map(({ name }) => name);
  const working = facts.filter((each) => each.publishes || each.consumers.length > 0).map(({ name }) => name);
  const readersOf = (stream: string) =>
    facts.filter((each) => each.consumers.some((one) => one.stream === stream)).map(({ name }) => name);
  const replayers = (stream: string) =>
    facts.filter(({ rights }) => rights.replays.includes(stream)).map(({ name }) => name);

  /** Services whose outboxes append requests to the stream. */
  const requesters = (stream: string) =>
    facts
      .filter(({ rights }) => rights.requests.some(({ type }) => type.startsWith(`${stream}.`)))
      .map(({ name }) => name);

  only(['auth', 'mailer'], `publish ${SYSTEM}.mailer.mail.requested.v1`);
  for (const service of publishers) {
    const stream = `${SYSTEM}_${service.toUpperCase()}`;
    const writers = [service, ...requesters(service)];
    only([service], `publish ${SYSTEM}.${service}.thing.done.v1`, `publish $JS.API.STREAM.CREATE.${stream}`);
    only(writers, `publish $JS.API.STREAM.MSG.GET.${stream}`, `publish $KV.${SYSTEM}_streams.${service}`);
    only([...readersOf(service), ...writers], `publish $JS.API.STREAM.INFO.${stream}`);
    // Only provisioning may change, empty, delete or copy a stream.
    for (const verb of ['UPDATE', 'DELETE', 'PURGE', 'SNAPSHOT', 'RESTORE', 'MSG.DELETE', 'PEER.REMOVE'])
      only([], `publish $JS.API.STREAM.${verb}.${stream}`);
    only([], `publish $JS.API.CONSUMER.LIST.${stream}`, `publish $JS.API.CONSUMER.NAMES.${stream}`);
    only([], `publish $JS.API.DIRECT.GET.${stream}`, `subscribe ${SYSTEM}.${service}.>`);
    only([], `publish $JS.API.CONSUMER.DURABLE.CREATE.${stream}.anything`);
    only(service === 'accounting' ? ['operator'] : [], `publish $JS.API.CONSUMER.CREATE.${stream}`);
    // Other users' durables.
    const own = service === 'accounting' ? ['operator', ...replayers(service)] : replayers(service);
    only(
      own,
      `publish $JS.API.CONSUMER.MSG.NEXT.${stream}.some-name`,
      `publish $JS.ACK.${stream}.some-name.1.2.3`,
    );
    only(replayers(service), `publish $JS.API.CONSUMER.CREATE.${stream}.some-name`);
  }
  for (const { name, consumers } of facts) {
    for (const { durable, stream, type } of consumers) {
      const place = `${SYSTEM}_${stream.toUpperCase()}.${durable}`;
      for (const verb of ['INFO', 'DELETE', 'MSG.NEXT'])
        only([name], `publish $JS.API.CONSUMER.${verb}.${place}`);
      only([name], `publish $JS.ACK.${place}.1.2.3.4.5`);
      const whole: Right = `publish $JS.API.CONSUMER.CREATE.${place}`;
      // A reader of one event type gets only that type, unless its service reads the whole stream
      // anyway.
      only(type === undefined || replayers(stream).includes(name) ? [name] : [], whole);
      if (type !== undefined) only([name], `${whole}.${SYSTEM}.${type}`);
    }
    const { rights } = facts.find((each) => each.name === name) as ServiceFacts;
    for (const action of rights.calls) {
      if (action.includes('*')) continue;
      const callers = facts.filter((each) => each.rights.calls.includes(action)).map((each) => each.name);
      only(callers, callTo(action));
    }
    const inbox: Right[] = [
      `subscribe _INBOX_${SYSTEM}_${name}.x`,
      `subscribe MOL-${SYSTEM}.RES.${SYSTEM}_${name}.x`,
    ];
    only([name], ...inbox);
    only(
      facts.some((each) => each.name === name && each.serves) ? [name] : [],
      `subscribe MOL-${SYSTEM}.REQ.${name}.${SYSTEM}_${name}.x.act`,
    );
    // Not as another user's node, nor for another service.
    only(
      [],
      `subscribe MOL-${SYSTEM}.REQ.${name}.${SYSTEM}_other.x.act`,
      `subscribe MOL-${SYSTEM}.REQ.other.${SYSTEM}_${name}.x.act`,
      `subscribe MOL-${SYSTEM}.REQ.${name}.>`,
    );
    only(['operator'], callTo(`${name}.operator.outbox.sendAgain`));
    only(names, callTo(`${name}.identity.refreshable`));
    only(['gateway'], callTo(`${name}.ready`), callTo(`${name}.loops.stats`));
    only(['reconciliation'], callTo(`${name}.reconciliation.print`));
    only(['audit'], callTo(`${name}.deadLetters.redrive`));
    only([], `publish _INBOX_${SYSTEM}_${name}.x`, callTo(`${name}.something`));
    only([], `publish MOL-${SYSTEM}.EVENT.${SYSTEM}_${name}.x`, `publish MOL-${SYSTEM}.EVENTB.${name}.x`);
  }
  for (const [bucket, writers, makers, followers] of [
    ['identity', ['auth'], ['auth'], everybody],
    ['schemas', publishers, publishers, []],
    ['streams', [], publishers, working],
  ] as const) {
    const stream = `KV_${SYSTEM}_${bucket}`;
    only(writers, `publish $KV.${SYSTEM}_${bucket}.some-key`);
    only(makers, `publish $JS.API.STREAM.CREATE.${stream}`);
    only(
      followers,
      `publish $JS.API.CONSUMER.CREATE.${stream}.x.$KV.${SYSTEM}_${bucket}.>`,
      `publish $JS.FC.${stream}.x`,
    );
    only(
      bucket === 'schemas' ? [...working, 'operator'] : everybody,
      `publish $JS.API.STREAM.MSG.GET.${stream}`,
    );
    only(bucket === 'identity' ? ['auth'] : [], `publish $JS.API.STREAM.PURGE.${stream}`);
    for (const verb of ['UPDATE', 'DELETE', 'SNAPSHOT', 'RESTORE', 'MSG.DELETE'])
      only([], `publish $JS.API.STREAM.${verb}.${stream}`);
    only([], `publish $JS.API.CONSUMER.CREATE.${stream}`, `subscribe $KV.${SYSTEM}_${bucket}.>`);
  }
  for (const each of ['DISCOVER', 'INFO', 'HEARTBEAT', 'DISCONNECT', 'PING'] as const)
    only(everybody, `publish MOL-${SYSTEM}.${each}`, `subscribe MOL-${SYSTEM}.${each}`);
  only(
    facts.filter(({ serves }) => serves).map(({ name }) => name),
    `publish MOL-${SYSTEM}.RES.${SYSTEM}_gateway.x`,
  );
  only(everybody, 'publish $JS.API.INFO');
  only(['operator'], `subscribe MOL-${SYSTEM}.RES.${SYSTEM}_operator.x`);
  // Everything at once, other systems, and the server itself.
  only(
    [],
    'subscribe >',
    'subscribe $JS.>',
    'subscribe _INBOX.>',
    `subscribe MOL-${SYSTEM}.>`,
    `subscribe ${SYSTEM}.>`,
  );
  only(
    [],
    `subscribe MOL-${SYSTEM}.RES.>`,
    `subscribe MOL-${SYSTEM}.REQ.>`,
    'subscribe $KV.>',
    'subscribe $SYS.>',
  );
  only([], 'publish $JS.API.STREAM.NAMES', 'publish $JS.API.STREAM.LIST', 'publish $JS.API.ACCOUNT.PURGE.x');
  only(
    [],
    'publish other.tasks.thing.done.v1',
    'publish $JS.API.STREAM.CREATE.other_TASKS',
    'publish MOL-other.INFO',
  );
  only([], 'publish $SYS.REQ.SERVER.PING', callTo('$node.options'), 'publish anything');
}

/** Requests about a stream, and about a consumer, in all versions of nats-server up to 2.12. */
const STREAM_VERBS = [
  ...['CREATE', 'UPDATE', 'INFO', 'DELETE', 'PURGE', 'SNAPSHOT', 'RESTORE', 'MSG.GET', 'MSG.DELETE'],
  ...['PEER.REMOVE', 'LEADER.STEPDOWN'],
];
const CONSUMER_VERBS = [
  ...['CREATE', 'DURABLE.CREATE', 'INFO', 'DELETE', 'MSG.NEXT', 'LEADER.STEPDOWN', 'PAUSE', 'UNPIN', 'RESET'],
];

/**
 * Every request to JetStream about every stream and bucket, under every name of a consumer. A user
 * that is not named above may not send it.
 */
function sayNobodyElse(): void {
  const publishers = facts.filter(({ publishes }) => publishes).map(({ name }) => name);
  const consumers = facts.flatMap((each) => each.consumers.map((one) => ({ ...one, service: each.name })));
  const names = [...new Set(consumers.map(({ durable }) => durable)), 'some-name'];
  const types = [...new Set(consumers.flatMap(({ type }) => type ?? []))];
  const working = facts.filter((each) => each.publishes || each.consumers.length > 0).map(({ name }) => name);
  const everybody = [...facts.map(({ name }) => name), 'operator'];
  for (const service of publishers) {
    const stream = `${SYSTEM}_${service.toUpperCase()}`;
    const whole = `${SYSTEM}.${service}.>`;
    const ofStream = consumers.filter((each) => each.stream === service);
    const replayers = facts.filter(({ rights }) => rights.replays.includes(service)).map(({ name }) => name);
    const readers = service === 'accounting' ? ['operator', ...replayers] : replayers;
    for (const name of names) {
      const owner = ofStream.find(({ durable }) => durable === name)?.service;
      // A replay may have any name except those of other users' durables.
      const may = (anybody: readonly string[]) =>
        owner === undefined ? anybody : anybody.filter((each) => each === owner);
      for (const verb of ['INFO', 'DELETE', 'MSG.NEXT'])
        only(may(readers), `publish $JS.API.CONSUMER.${verb}.${stream}.${name}`);
      only(may(readers), `publish $JS.ACK.${stream}.${name}.1.2.3.4.5`);
      only(may(replayers), `publish $JS.API.CONSUMER.CREATE.${stream}.${name}`);
      // With the filter of a replay, or a narrower one.
      for (const filter of [
        whole,
        ...types.filter((type) => serviceOf(type) === service).map((type) => `${SYSTEM}.${type}`),
      ])
        only(may(replayers), `publish $JS.API.CONSUMER.CREATE.${stream}.${name}.${filter}`);
    }
    sayNobody(stream, names, [`${SYSTEM}.>`, whole, '>', ...types.map((type) => `${SYSTEM}.${type}`)]);
    only([], `publish $KV.${SYSTEM}_streams.${service}.x`);
  }
  for (const [bucket, lookers, followers] of [
    ['identity', everybody, everybody],
    ['schemas', [...working, 'operator'], []],
    ['streams', everybody, working],
  ] as const) {
    const stream = `KV_${SYSTEM}_${bucket}`;
    const keys = `$KV.${SYSTEM}_${bucket}`;
    only(lookers, `publish $JS.API.STREAM.INFO.${stream}`);
    // A user that may follow all keys may follow one.
    for (const name of names)
      only(followers, `publish $JS.API.CONSUMER.CREATE.${stream}.${name}.${keys}.key`);
    sayNobody(stream, names, [`${keys}.key`, '>', '$KV.>']);
  }
  only([], `publish $KV.${SYSTEM}_streams._replicas`, `publish $KV.${SYSTEM}_other.x`);
  sayNobody('other_TASKS', names, ['other.tasks.>', '>']);
  for (const verb of [
    'STREAM.TEMPLATE.CREATE.x',
    'META.LEADER.STEPDOWN',
    'SERVER.REMOVE',
    'ACCOUNT.STREAM.MOVE.x.y',
  ])
    only([], `publish $JS.API.${verb}`);
  only(
    [],
    'publish _INBOX.x',
    'publish _R_.x',
    'publish $JS.SNAPSHOT.RESTORE.x',
    'publish $JS.EVENT.ADVISORY.API',
  );
  only([], 'subscribe $JS.EVENT.>', 'subscribe $JS.ACK.>', 'subscribe $JS.API.>', 'subscribe _INBOX.x');
}

function sayNobody(stream: string, consumers: readonly string[], filters: readonly string[]): void {
  for (const verb of STREAM_VERBS) only([], `publish $JS.API.STREAM.${verb}.${stream}`);
  for (const verb of ['CREATE', 'LIST', 'NAMES']) only([], `publish $JS.API.CONSUMER.${verb}.${stream}`);
  only([], `publish $JS.API.DIRECT.GET.${stream}`, `publish $JS.API.DIRECT.GET.${stream}.x`);
  for (const name of consumers) {
    for (const verb of CONSUMER_VERBS) only([], `publish $JS.API.CONSUMER.${verb}.${stream}.${name}`);
    for (const filter of filters) only([], `publish $JS.API.CONSUMER.CREATE.${stream}.${name}.${filter}`);
    only([], `publish $JS.ACK.${stream}.${name}.1.2.3.4.5`);
    only([], `publish $JS.ACK.domain.account.${stream}.${name}.1.2.3.4.5.6`);
  }
}

beforeAll(async () => {
  facts = await loadServiceFacts(readConfig({}).product);
  sayWhoMay();
  sayNobodyElse();
  const users = [...systemUsers(SYSTEM, facts).slice(1), serviceUser(SYSTEM, PAIR, facts)];
  const names = users.map(({ name }) => name);
  nats = await startNats({ users: { names, describe: (name) => userNamed(SYSTEM, name, facts) } });
  for (const name of names) {
    const probe = await Probe.as(urlAs(nats.url, nats.folder, name));
    found.set(name.slice(SYSTEM.length + 1), await probe.allowed([...wanted.keys()]));
    await probe.end();
  }
}, 60_000);
afterAll(async () => {
  await nats?.dispose();
});

describe('users of NATS', () => {
  it('F18: have exactly the rights that their contracts need, on every subject that matters', () => {
    const wrong = [...wanted].flatMap(([right, who]) =>
      [...found.keys()]
        .filter((user) => !user.includes('+') && found.get(user)?.has(right) !== who.has(user))
        .map((user) => `${user} ${who.has(user) ? 'may not' : 'may'} ${right}`),
    );
    expect(wrong).toEqual([]);
    expect(wanted.size).toBeGreaterThan(3_000);
  });

  it('F18: can have the server write to other streams, because NATS checks no reply subjects, but nothing that takes effect', async () => {
    const config = testConfig({ namespace: SYSTEM, natsUrls: [nats.url] });
    const mailer = urlAs(nats.url, nats.folder, `${SYSTEM}_mailer`);
    const [all, own] = [createBus(config), createBus({ ...config, natsUrls: [mailer] })];
    await Promise.all([all.start(), own.start()]);
    const target = await all.ensureStream('accounting');
    const stream = await own.ensureStream('mailer');
    const requested = `${SYSTEM}.mailer.mail.requested.v1`;
    const durable = { durable_name: 'mailer-requests', filter_subject: requested };
    await own.manager.consumers.add(stream, { ...durable, ack_policy: AckPolicy.Explicit });
    const forged = headers();
    forged.set('ce-type', taskPaid.type);
    await own.jetstream.publish(requested, 'forged', { headers: forged });
    const reply = `${SYSTEM}.${taskPaid.type}`;
    // The server delivers to any subject that the request names for the answer.
    own.connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.mailer-requests`, '{"batch":1}', { reply });
    own.connection.publish(`$JS.API.STREAM.INFO.${stream}`, '', { reply });
    await until(async () => (await all.manager.streams.info(target)).state.messages === 2);
    const decoder = decoderOf(
      defineConsumer({ stream: 'accounting', order: 'keyed', reads: [taskPaid], async handle() {} }),
      SYSTEM,
      { knownSchema: () => taskPaid.schema, writerSchema: async () => taskPaid.schema },
    );
    for (const seq of [1, 2]) {
      const { subject, data, header } = await all.manager.streams.getMessage(target, { seq });
      const message = {
        subject,
        data,
        parts: new Map(),
        header: (name: string) => header?.get(name) || undefined,
      };
      expect(await decoder.decode(message as unknown as Message)).toMatchObject({
        kind: 'poison',
        error: { code: 'foreign_subject' },
      });
    }
    await Promise.all([all.stop(), own.stop()]);
  });

  it('F18: can have the server delete a stream, because NATS checks no reply subjects; its outbox publishes the events again', async () => {
    const config = testConfig({ namespace: SYSTEM, natsUrls: [nats.url] });
    const mailer = urlAs(nats.url, nats.folder, `${SYSTEM}_mailer`);
    const [all, own] = [createBus(config), createBus({ ...config, natsUrls: [mailer] })];
    await Promise.all([all.start(), own.start()]);
    const database = await openDatabase(config, 'parrots');
    const relay = new Relay({ database, bus: all, log: SILENT });
    const publish = async (event: NewEvent) => {
      await append(database, event);
      await until(async () => {
        await relay.pass();
        return (await unpublished(database)) === 0;
      });
    };
    try {
      const cage = randomUUID();
      await publish(cleaned(cage, 1));
      const target = streamName(SYSTEM, 'parrots');
      const forbidden = { code: 'PERMISSIONS_VIOLATION' };
      await expect(own.manager.streams.delete(target)).rejects.toMatchObject(forbidden);
      const stream = await own.ensureStream('mailer');
      const filter_subject = `${SYSTEM}.mailer.mail.requested.v1`;
      const durable = { durable_name: 'mailer-requests', filter_subject, ack_policy: AckPolicy.Explicit };
      await own.manager.consumers.add(stream, durable);
      // The answer "no message" has an empty body, as a request to delete a stream must have.
      await until(async () => {
        own.connection.publish(
          `$JS.API.CONSUMER.MSG.NEXT.${stream}.mailer-requests`,
          '{"batch":1,"no_wait":true}',
          { reply: `$JS.API.STREAM.DELETE.${target}` },
        );
        await own.connection.flush();
        return !(await streamExists(all.manager, target));
      });
      await publish(cleaned(cage, 2));
      const stored = await storedIn(all, 'parrots');
      expect(stored.map(({ sequence }) => sequence)).toEqual([1, 2]);
    } finally {
      relay.close();
      await database.close();
      await Promise.all([all.stop(), own.stop()]);
      await dropNamespace(config);
    }
  });

  it('F18: include no user and no right for services of other products', async () => {
    const file = fileURLToPath(new URL('../../test/toy/products/toy.ts', import.meta.url));
    const toy = (await loadProducts(file)).get(file) as Product;
    const users = systemUsers(toy.namespace, await loadServiceFacts(toy));
    expect(users.map(({ name }) => name)).toEqual(expect.arrayContaining(['toy_audit', 'toy_parrots']));
    expect(JSON.stringify(users)).not.toMatch(/tasks/i);
  });

  it('F18: of several services have the rights of each of them, and no others', () => {
    const members = PAIR.flatMap((service) => [`.${SYSTEM}_${service}.x`, `.${SYSTEM}_${service}.x.act`]);
    const union = [...wanted]
      .filter(([, who]) => PAIR.some((service) => who.has(service)))
      .map(([right]) => right)
      // Each user has its own inboxes and node ids.
      .filter((right) => !members.some((word) => right.endsWith(word)) && !right.includes('_INBOX'));
    const may = found.get(PAIR.join('+')) ?? new Set<Right>();
    expect(union.filter((right) => !may.has(right))).toEqual([]);
    const more = [...may].filter((right) => !union.includes(right));
    // Where one of them replays a stream, it may recreate the durables of both, with any filter.
    const own = facts
      .filter(({ name }) => PAIR.includes(name))
      .flatMap((each) =>
        each.consumers.map(({ durable, stream }) => `${SYSTEM}_${stream.toUpperCase()}.${durable}`),
      );
    const anew = new RegExp(`^publish \\$JS\\.API\\.CONSUMER\\.CREATE\\.(${own.join('|')})(\\.|$)`);
    expect(more.filter((right) => !anew.test(right))).toEqual([]);
    expect(more).toContain(`publish $JS.API.CONSUMER.CREATE.${SYSTEM}_ACCOUNTING.accounting-requests`);
  });
});
