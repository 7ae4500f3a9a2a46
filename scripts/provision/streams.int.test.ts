import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { headers, type JetStreamManager, nanos } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { type Config, readConfig } from '../../config.ts';
import { testConfig } from '../../test/harness/config.ts';
import { startNats, type TestServer } from '../../test/harness/servers.ts';
import { loadServiceFacts } from '../nats/service-facts.ts';
import { serviceUser, userNamed } from '../nats/users.ts';
import { urlAs } from '../servers/nats-users.ts';
import { provisionStreams } from './streams.ts';

let nats: TestServer;
/** The configuration of the user with all rights. */
let config: Config;
let tasks: Bus;
let manager: JetStreamManager;
const master = () => createBus(config);
const warnings: string[] = [];
const buses: Bus[] = [];

async function started(bus: Bus): Promise<Bus> {
  await bus.start();
  buses.push(bus);
  return bus;
}

beforeAll(async () => {
  const namespace = 'sys';
  const facts = await loadServiceFacts(readConfig({}).product);
  const { name } = serviceUser(namespace, ['tasks'], facts);
  nats = await startNats({ users: { names: [name], describe: (each) => userNamed(namespace, each, facts) } });
  config = testConfig({ namespace, natsUrls: [nats.url] });
  const log = { info() {}, error() {}, warn: (message: string) => void warnings.push(message) };
  tasks = await started(createBus({ ...config, natsUrls: [urlAs(nats.url, nats.folder, name)] }, log));
  manager = (await started(master())).manager;
}, 30_000);
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.stop()));
  await nats?.dispose();
});

describe("the user of a service's node", () => {
  it('F18: makes the missing stream and buckets of its service', async () => {
    await tasks.ensureStream('tasks');
    await (await tasks.bucket('schemas')).put('a', 'b');
    await (await tasks.bucket('streams')).put('tasks', '{}');
    expect((await manager.streams.info('sys_TASKS')).config.deny_purge).toBe(true);
  });

  it("F18: cannot make another service's stream or bucket, and reports who can", async () => {
    await expect(tasks.ensureStream('auth')).rejects.toThrow(/sys_AUTH is missing.*npm run provision/);
    await expect(tasks.bucket('identity')).rejects.toThrow(/KV_sys_identity is missing.*npm run provision/);
    await expect(manager.streams.info('sys_AUTH')).rejects.toThrow('stream not found');
    await expect(manager.streams.info('KV_sys_identity')).rejects.toThrow('stream not found');
  });

  it('F18: cannot change any stream, not even its own, and reports who can; the provisioning step can', async () => {
    const { config: before } = await manager.streams.info('sys_TASKS');
    await manager.streams.update('sys_TASKS', { ...before, duplicate_window: nanos(1_000) });
    await tasks.ensureStream('tasks');
    expect((await manager.streams.info('sys_TASKS')).config.duplicate_window).toBe(nanos(1_000));
    expect(warnings.at(-1)).toMatch(/sys_TASKS stays different in duplicate_window: .*npm run provision/);
    const printed: string[] = [];
    await provisionStreams({ config, print: (line) => printed.push(line) });
    expect((await manager.streams.info('sys_TASKS')).config.duplicate_window).toBe(before.duplicate_window);
    expect(printed).toEqual([expect.stringMatching(/^NATS has the streams of \d services and 3 buckets$/)]);
    await expect(tasks.ensureStream('auth')).resolves.toBe('sys_AUTH');
  });

  it('F18: can make its missing stream as a copy of others; each start reports that, and the provisioning step ends it', async () => {
    const made = {
      name: 'sys_TASKS',
      subjects: ['sys.tasks.>', 'MOL-sys.REQ.>'],
      sources: [{ name: 'sys_AUTH' }],
    };
    await manager.streams.delete(made.name);
    await tasks.manager.streams.add(made);
    await tasks.ensureStream('tasks');
    expect(warnings.at(-1)).toMatch(/sys_TASKS stays different in subjects, .*sources: .*npm run provision/);
    await provisionStreams({ config, print() {} });
    const { config: after } = await manager.streams.info(made.name);
    expect(after.subjects).toEqual(['sys.tasks.>']);
    expect(after.sources).toBeUndefined();
    // No update removes this setting.
    await manager.streams.delete(made.name);
    await tasks.manager.streams.add({ ...made, republish: { src: '>', dest: '_INBOX_sys_tasks.copy.>' } });
    const printed: string[] = [];
    await provisionStreams({ config, print: (line) => printed.push(line) });
    expect(printed[0]).toMatch(/^Stream sys_TASKS has republish: .* delete the stream/);
    await manager.streams.delete(made.name);
    await tasks.ensureStream('tasks');
  });

  it('F18: cannot empty a bucket by a roll-up; the provisioning step disables that on older ones', async () => {
    const name = 'KV_sys_streams';
    await (await (await started(master())).bucket('streams')).put('auth', '{"epoch":7,"changes":[]}');
    const { config: before } = await manager.streams.info(name);
    expect(before.allow_rollup_hdrs).toBe(false);
    await manager.streams.update(name, { ...before, allow_rollup_hdrs: true });
    await provisionStreams({ config, print() {} });
    for (const kind of ['all', 'sub']) {
      const roll = headers();
      roll.set('Nats-Rollup', kind);
      const attempt = tasks.jetstream.publish('$KV.sys_streams.tasks', '{}', { headers: roll });
      await expect(attempt).rejects.toThrow(/rollup not permitted/);
    }
    const kept = await manager.streams.getMessage(name, { last_by_subj: '$KV.sys_streams.auth' });
    expect(kept.json()).toMatchObject({ epoch: 7 });
  });

  it('F18: cannot empty or delete a stream', async () => {
    await tasks.jetstream.publish('sys.tasks.thing.done.v1', 'x');
    const attempts = [
      () => tasks.manager.streams.purge('KV_sys_streams'),
      () => tasks.manager.streams.purge('sys_TASKS'),
      () => tasks.manager.streams.delete('sys_TASKS'),
      () => tasks.manager.streams.deleteMessage('sys_TASKS', 1),
      () => tasks.jetstream.publish('sys.auth.user.changed.v1', 'x'),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({ code: 'PERMISSIONS_VIOLATION' });
    }
    expect((await manager.streams.info('sys_TASKS')).state.messages).toBe(1);
    expect((await manager.streams.info('sys_AUTH')).state.messages).toBe(0);
  });
});
