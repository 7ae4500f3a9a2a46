/** F18: the output of `npm run nats -- permissions`, read by a real nats-server. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { testConfig } from '../../test/harness/config.ts';
import type { TestServer } from '../../test/harness/servers.ts';
import { as, startConfigured } from './configured.fixture.ts';

const SYSTEMS = ['ates', 'popug'];
const SCRIPT = fileURLToPath(new URL('../nats.ts', import.meta.url));

let nats: TestServer;
const buses: Bus[] = [];
/** The bus of a service, or of the user with all rights. */
async function bus(namespace: string, service: string): Promise<Bus> {
  const user = service === 'all' ? namespace : `${namespace}_${service}`;
  const made = createBus(testConfig({ namespace, natsUrls: [as(nats, user)] }));
  buses.push(made);
  await made.start();
  return made;
}

beforeAll(async () => {
  const printed = SYSTEMS.map((namespace) => {
    const env = { PATH: process.env.PATH, NAMESPACE: namespace };
    const run = spawnSync(process.execPath, [SCRIPT, 'permissions', '--account'], { encoding: 'utf8', env });
    return [`${namespace}.conf`, run.stdout] as const;
  });
  nats = await startConfigured({
    main: `accounts {\n${printed.map(([name]) => `  include ${JSON.stringify(name)}`).join('\n')}\n}`,
    included: Object.fromEntries(printed),
    user: 'ates',
  });
}, 60_000);
afterAll(async () => {
  await Promise.all(buses.map((each) => each.stop()));
  await nats?.dispose();
});

describe('two systems on one nats-server, each in an account of its own', () => {
  it('F18: have the users and the streams of both, and neither sees the other', async () => {
    for (const namespace of SYSTEMS) {
      const tasks = await bus(namespace, 'tasks');
      await tasks.ensureStream('tasks');
      await tasks.jetstream.publish(`${namespace}.tasks.thing.done.v1`, namespace);
    }
    for (const namespace of SYSTEMS) {
      const { manager, connection } = await bus(namespace, 'all');
      const streams: string[] = [];
      for await (const { config, state } of manager.streams.list()) {
        streams.push(`${config.name} ${state.messages}`);
      }
      expect(streams).toEqual([`${namespace}_TASKS 1`]);
      const other = SYSTEMS.find((each) => each !== namespace);
      await expect(connection.request(`${other}.tasks.thing.done.v1`)).rejects.toThrow('503');
    }
  });
});
