/** Calls between nodes and within one, while NATS and services come and go. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Context, ServiceBroker, type ServiceSchema } from 'moleculer';
import { headers } from 'nats';
import type { Config } from '../config.ts';
import { startNode, type TestNode } from '../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../test/harness/config.ts';
import { startNats, type TestServer } from '../test/harness/servers.ts';
import { until } from '../test/harness/wait.ts';
import { Stranger } from '../test/stranger.fixture.ts';
import { brokerOptions, SHUTDOWN_TIMEOUT_MS } from './broker.ts';
import { inboxPrefixOf } from './bus/nats-user.ts';
import type { NatsTransporter } from './nats-transporter.ts';
import { platformOf } from './platform.ts';
import { registryOf } from './registry.ts';

/** Fails where a node only stops because its time for that is over. */
async function stopInTime(node: { stop(): Promise<void> }): Promise<void> {
  let stopped = false;
  const stopping = node.stop().then(() => {
    stopped = true;
  });
  await until(() => stopped, { within: SHUTDOWN_TIMEOUT_MS, what: 'the node to stop' });
  await stopping;
}

/** Ends the calls of `never`, whose callers have long given up. */
const over = Promise.withResolvers<void>();

function service(name: string, log: string[] = []): ServiceSchema {
  return {
    name,
    actions: {
      where: (ctx: Context) => ctx.broker.nodeID,
      hidden: { visibility: 'protected', handler: () => 'for this node only' },
      echo: {
        params: { value: 'number' },
        handler(ctx: Context<{ value: number }, { seen?: number }>) {
          ctx.meta.seen = ctx.params.value;
          return { level: ctx.level, requestId: ctx.requestID, caller: ctx.caller };
        },
      },
      nested: (ctx: Context) => ctx.call(`${name}.echo`, { value: 7 }),
      other: (ctx: Context<{ action: string }>) => ctx.call(ctx.params.action),
      never: { timeout: 50, handler: () => over.promise },
    },
    async stopped() {
      log.push(`${name} stopped`);
    },
  };
}

describe('two nodes', () => {
  let config: Config;
  let left: TestNode;
  let right: TestNode;

  beforeAll(async () => {
    config = testConfig();
    const nodes = [
      startNode(config, [service('left'), service('both')]),
      startNode(config, [service('right'), service('both')]),
    ];
    [left, right] = (await Promise.all(nodes)) as [TestNode, TestNode];
    await left.broker.waitForServices(['right'], 5_000, 20);
    await right.broker.waitForServices(['left'], 5_000, 20);
  });

  afterAll(async () => {
    await Promise.all([left.stop(), right.stop()]);
    await dropNamespace(config);
  });

  it('run an action on the node that has it, and locally if both have it', async () => {
    const { broker } = left;
    expect(await broker.call('right.where')).toBe(right.broker.nodeID);
    expect(await broker.call('both.where')).toBe(broker.nodeID);
    expect(await right.broker.call('both.where')).toBe(right.broker.nodeID);
    expect(await broker.call('left.other', { action: 'right.where' })).toBe(right.broker.nodeID);
    expect(await broker.call('left.other', { action: 'both.where' })).toBe(broker.nodeID);
    expect(await broker.call('both.where', {}, { nodeID: right.broker.nodeID })).toBe(right.broker.nodeID);
    const both: unknown = await broker.mcall({
      here: { action: 'both.where' },
      there: { action: 'right.where' },
    } as never);
    expect(Object.values(both as object)).toEqual([broker.nodeID, right.broker.nodeID]);
  });

  it('keep context, validation and time limits of local calls', async () => {
    const answer = await left.broker.call('left.nested', {}, { requestID: 'request-1' });
    expect(answer).toEqual({ level: 2, requestId: 'request-1', caller: 'left' });
    await expect(left.broker.call('left.echo', { value: 'x' })).rejects.toMatchObject({
      type: 'VALIDATION_ERROR',
    });
    await expect(left.broker.call('left.echo', { value: 1, more: 1 })).rejects.toMatchObject({
      type: 'VALIDATION_ERROR',
    });
    await expect(left.broker.call('left.never')).rejects.toMatchObject({ type: 'REQUEST_TIMEOUT' });
    // A node that stops waits for what still runs.
    over.resolve();
  });

  it('answer as soon as another node has discovered them', async () => {
    const node = await startNode(config, [service('newcomer')]);
    try {
      // As the other one does after a heartbeat that it does not know.
      const { discoverer } = left.broker.registry as unknown as {
        discoverer: { discoverNode(nodeID: string): Promise<void> };
      };
      await discoverer.discoverNode(node.broker.nodeID);
      await left.broker.waitForServices(['newcomer'], 5_000, 1);
      expect(await left.broker.call('newcomer.where')).toBe(node.broker.nodeID);
    } finally {
      await node.stop();
    }
  });

  it('F18: run a request only if its subject is that of its action, and no message that JetStream delivers', async () => {
    const stranger = await Stranger.join(config.natsUrls[0] ?? '', config.namespace);
    const ran = await stranger.ask({ action: 'left.where' });
    expect(ran).toContain(left.broker.nodeID);
    const withHeaders = headers();
    withHeaders.set('Nats-Msg-Id', '1');
    const ids = [
      stranger.request({ action: 'left.where', subject: stranger.subjectOf('left.echo') }),
      stranger.request({ action: 'left.hidden', subject: stranger.subjectOf('left.where') }),
      stranger.request({ action: 'left.hidden', node: left.broker.nodeID }),
      stranger.request({ action: 'left.unknown', node: left.broker.nodeID }),
      stranger.request({ action: 'left.where' }, { reply: '$JS.ACK.stream.durable.1.1.1.1.0' }),
      stranger.request({ action: 'left.where' }, { reply: '_INBOX_another.x' }),
      stranger.request({ action: 'left.where' }, { headers: withHeaders }),
    ];
    // Requests of one connection come in order: those before are decided when this one is answered.
    expect(await stranger.ask({ action: 'left.where', node: left.broker.nodeID })).toContain(
      '"success":true',
    );
    expect(ids.map((id) => stranger.answerTo(id))).toEqual(ids.map(() => undefined));
    await stranger.leave();
  });

  it('F18: refuse a forged sender: they publish nothing under its name, go on, and keep no streams', async () => {
    const stranger = await Stranger.join(config.natsUrls[0] ?? '', config.namespace);
    await stranger.ask({ action: 'left.where' });
    const forged = stranger.hear(`${config.namespace}.forged`);
    const subject = `MOL-${config.namespace}`;
    const injected = `x 0\r\n\r\nPUB ${config.namespace}.forged 2\r\nno\r\nPUB y`;
    for (const sender of [injected, 'a b', '*', 'x'.repeat(5_000), '', 7, null]) {
      for (const command of ['PING', 'DISCOVER']) stranger.send(`${subject}.${command}`, { sender, time: 1 });
      const request = { id: 'x', action: 'left.where', params: {}, meta: {}, sender };
      stranger.send(stranger.subjectOf('left.where'), request);
    }
    const { nodeID } = left.broker;
    for (const target of ['INFO', `INFO.${nodeID}`]) {
      stranger.send(`${subject}.${target}`, { sender: nodeID, instanceID: 'another', services: [] });
    }
    // As if the node had left, and as if NATS could not deliver to it.
    stranger.send(`${subject}.DISCONNECT`, { sender: nodeID });
    const [user = '', word] = nodeID.split('.');
    const reply = `${inboxPrefixOf(user)}.${word}.undelivered.${nodeID}.1`;
    stranger.send(`${config.namespace}.nobody`, {}, { reply });
    const chunk = { action: 'left.where', params: {}, meta: {} };
    stranger.send(stranger.subjectOf('left.where'), { ...chunk, id: 'one', stream: true, seq: 0 });
    stranger.send(stranger.subjectOf('left.where'), { ...chunk, id: 'two', stream: false, seq: 5 });
    for (const node of [left, right]) {
      const own = node === left ? 'left.where' : 'right.where';
      expect(await stranger.ask({ action: own, node: node.broker.nodeID })).toContain('"success":true');
    }
    expect(forged).toEqual([]);
    expect(registryOf(left.broker).isLocal('left.where')).toBe(true);
    const { pendingReqStreams } = left.broker.transit as unknown as {
      pendingReqStreams: Map<string, object>;
    };
    expect(pendingReqStreams.size).toBe(0);
    await stranger.leave();
  });

  it('sends to subjects only', async () => {
    const { tx } = left.broker.transit as unknown as { tx: NatsTransporter };
    for (const topic of ['a b', 'a\r\nPUB b 0', 'a.*', 'a..b', '', 'a'.repeat(5_000)]) {
      await expect(tx.send(topic, Buffer.from('x'))).rejects.toThrow('is no subject');
      await expect(tx.send('a', Buffer.from('x'), { reply: topic })).rejects.toThrow('is no subject');
    }
  });

  it('never mix the metadata of calls that run at once', async () => {
    const values = Array.from({ length: 200 }, (_, value) => value);
    const seen = await Promise.all(
      values.map(async (value) => {
        const call = left.broker.call('left.echo', { value }) as Promise<unknown> & {
          ctx: Context<object, { seen: number }>;
        };
        await call;
        return call.ctx.meta.seen;
      }),
    );
    expect(seen).toEqual(values);
  });

  it('lose no call while more services are added to one of them', async () => {
    let going = true;
    let calls = 0;
    const lost: unknown[] = [];
    const caller = (async () => {
      while (going) {
        await left.broker.call('right.where').catch((error) => lost.push(error));
        calls += 1;
      }
    })();
    const more = (count: number, since = calls) => until(() => calls >= since + count);
    await more(1);
    for (let index = 0; index < 5; index += 1) {
      const name = `late${index}`;
      right.broker.createService(service(name));
      await left.broker.waitForServices([name], 5_000, 20);
      expect(await left.broker.call(`${name}.where`)).toBe(right.broker.nodeID);
      await more(10);
    }
    going = false;
    await caller;
    expect(lost).toEqual([]);
  });
});

describe('a service on four nodes, which go one by one', () => {
  let config: Config;
  let caller: TestNode;
  let nodes: TestNode[];
  /** The calls that have begun: action and node. */
  const begun: string[] = [];
  const gate = Promise.withResolvers<void>();

  const wait = async (name: string, ctx: Context) => {
    begun.push(`${name} ${ctx.broker.nodeID}`);
    await gate.promise;
    return ctx.broker.nodeID;
  };
  const four = (): ServiceSchema => ({
    name: 'four',
    actions: {
      where: (ctx: Context) => ctx.broker.nodeID,
      read: { route: 'GET /four', access: 'anyone', handler: (ctx: Context) => wait('read', ctx) },
      write: (ctx: Context) => wait('write', ctx),
      // As where a part of the system that the action needs is away.
      needs: (ctx: Context) => ctx.call('nowhere.action'),
    },
  });
  const idOf = (index: number) => (nodes[index] as TestNode).broker.nodeID;
  const where = (options = {}) => caller.broker.call('four.where', {}, options);
  const callAll = (action: string) => nodes.map(() => caller.broker.call(`four.${action}`, {}));
  const left = () => registryOf(caller.broker).nodesWith('four.where');
  /** As after kill -9: its connection ends without a word. */
  const kill = (index: number) =>
    ((nodes[index] as TestNode).broker.transit as unknown as { tx: NatsTransporter }).tx.client.close();

  beforeAll(async () => {
    config = testConfig({ logLevel: 'fatal' });
    const starting = [startNode(config, []), ...Array.from({ length: 4 }, () => startNode(config, [four()]))];
    [caller, ...nodes] = (await Promise.all(starting)) as [TestNode, ...TestNode[]];
    await until(() => left().length === nodes.length);
  });

  afterAll(async () => {
    gate.resolve();
    await Promise.all([caller, ...nodes].map((node) => node.stop()));
    await dropNamespace(config);
  });

  it('take turns', async () => {
    expect(new Set(await Promise.all(callAll('where')))).toEqual(
      new Set(nodes.map((_, index) => idOf(index))),
    );
  });

  it('FAIL-5: a call that a killed node has not begun is carried out by another', async () => {
    await kill(0);
    const answers = await Promise.all(callAll('where'));
    expect(new Set(answers)).toEqual(new Set([1, 2, 3].map(idOf)));
    expect(left()).not.toContain(idOf(0));
  });

  it('FAIL-5: a killed node leaves a read to another, once, and a change without an answer', async () => {
    const reads = callAll('read');
    const writes = callAll('write').map((call) => call.catch(({ type }) => type));
    await until(() => begun.length >= 8);
    const before = [...begun];
    await kill(1);
    // Found without any other call to it.
    await until(() => begun.length > before.length);
    await Promise.race(writes);
    gate.resolve();
    expect(new Set(await Promise.all(reads))).toEqual(new Set([2, 3].map(idOf)));
    expect(await Promise.all(writes)).toContain('REQUEST_TIMEOUT');
    const again = begun.slice(before.length);
    expect(again.every((call) => call.startsWith('read ') && !call.endsWith(idOf(1)))).toBe(true);
  });

  it('never repeat a call whose own call found no node', async () => {
    await expect(caller.broker.call('four.needs')).rejects.toMatchObject({
      type: 'SERVICE_NOT_FOUND',
      data: { action: 'nowhere.action' },
    });
  });

  it('FAIL-5: no call is lost while a node stops', async () => {
    let going = true;
    const answers = new Set<unknown>();
    const callers = Array.from({ length: 4 }, async () => {
      while (going) answers.add(await where().catch(String));
    });
    await until(() => answers.size === 2);
    await nodes[2]?.stop();
    going = false;
    await Promise.all(callers);
    expect(answers).toEqual(new Set([2, 3].map(idOf)));
    expect(await where()).toBe(idOf(3));
  });

  it('FAIL-5: without another node, and for this one alone, a call fails at once', async () => {
    await kill(3);
    await expect(where({ nodeID: idOf(3) })).rejects.toMatchObject({ type: 'SERVICE_NOT_AVAILABLE' });
    await expect(where()).rejects.toMatchObject({ type: 'SERVICE_NOT_AVAILABLE' });
    const { pendingRequests } = caller.broker.transit as unknown as { pendingRequests: Map<string, unknown> };
    expect(pendingRequests.size).toBe(0);
  });
});

describe('a node whose NATS is away', () => {
  let nats: TestServer;
  let config: Config;

  beforeAll(async () => {
    nats = await startNats();
    config = testConfig({ natsUrls: [nats.url], logLevel: 'fatal' });
  });

  afterAll(async () => {
    await nats.dispose();
  });

  it('still calls its own actions when it has given up the other nodes, and finds these again', async () => {
    const [home, away] = (await Promise.all([
      startNode(config, [service('home')]),
      startNode(config, [service('away')]),
    ])) as [TestNode, TestNode];
    await home.broker.waitForServices(['away'], 5_000, 20);
    await nats.stop();
    await until(() => !platformOf(home.broker).bus.connected);
    const atHome = new Set<unknown>();
    const refusals = new Set<unknown>();
    await until(
      async () => {
        atHome.add(
          await home.broker.call<{ level: number }>('home.nested').then(({ level }) => level, String),
        );
        const refusal = await home.broker.call('away.where').catch(({ type }) => type);
        refusals.add(refusal);
        return refusal === 'SERVICE_NOT_AVAILABLE';
      },
      { within: 20_000, what: 'the other node to be given up' },
    );
    expect([...atHome]).toEqual([2]);
    // Until then it was refused at once: none waited for its limit.
    expect([...refusals]).toEqual(['REQUEST_REJECTED', 'SERVICE_NOT_AVAILABLE']);
    expect(await home.broker.call('home.where')).toBe(home.broker.nodeID);
    await nats.restart();
    await until(
      async () => (await home.broker.call('away.where', {}, { timeout: 500 })) === away.broker.nodeID,
      {
        within: 20_000,
      },
    );
    await Promise.all([home.stop(), away.stop()]);
  });

  it('still stops in order', async () => {
    const log: string[] = [];
    const node = await startNode(config, [service('home', log)]);
    await nats.stop();
    await stopInTime(node);
    expect(log).toEqual(['home stopped']);
  });

  it('can be stopped while it waits for NATS', async () => {
    const broker = new ServiceBroker(brokerOptions(config));
    void broker.start().catch(() => {});
    await stopInTime(broker);
  });
});
