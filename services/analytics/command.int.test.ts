/** `npm run analytics`: its output for operators, and its exit status. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { streamName } from '#mixins/names.ts';
import type { Config } from '../../config.ts';
import { COMPILE_CACHE } from '../../scripts/compile-cache.mjs';
import { startNode, type TestNode } from '../../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { publish } from './analytics.fixture.ts';
import { Traffic } from './rebuild/traffic.fixture.ts';

const SCRIPT = new URL('../../scripts/analytics.ts', import.meta.url).pathname;

let config: Config;
let node: TestNode;
/** The connection that publishes events. */
let bus: Bus;

beforeAll(async () => {
  config = testConfig({ logLevel: 'fatal' });
  bus = createBus(config);
  await bus.start();
  node = await startNode(config, ['analytics']);
  await publish(bus, new Traffic(11).waves(5));
});

afterAll(async () => {
  await node?.stop();
  await bus?.stop();
  await dropNamespace(config);
});

async function run(
  args: readonly string[],
  natsUrl = config.natsUrls.join(),
): Promise<{ code: number; output: string }> {
  const environment = {
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    NATS_URL: natsUrl,
    NAMESPACE: config.namespace,
    DATA_DIR: `${tmpdir()}/ates-nothing-here`,
  };
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', SCRIPT, ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}

describe('the command', () => {
  it('ANA-5: rebuilds, shows the progress, and ends with 0 when the new figures are live', async () => {
    expect(await run(['status'])).toEqual({ code: 0, output: 'Generation 1 is live\n' });
    const { code, output } = await run(['rebuild']);
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(
        /^Generation 2 is being built\n[\s\S]*Generation 2 is complete, and live\n$/,
      ),
    });
    expect(await run(['status'])).toEqual({
      code: 0,
      output: 'Generation 2 is live\nGeneration 2 is complete, and live\n',
    });
  });

  it('ends with 1 and a message if there is nothing to cancel or no system, and with 2 if it is called wrongly', async () => {
    const [cancelled, unknown, tooMuch, nowhere] = await Promise.all([
      run(['cancel']),
      run(['rebuilt']),
      run(['rebuild', '2']),
      run(['status'], ''),
    ]);
    expect(cancelled).toEqual({ code: 1, output: 'No rebuild is under way\n' });
    expect(unknown).toMatchObject({ code: 2, output: expect.stringContaining('Usage') });
    expect(tooMuch).toMatchObject({ code: 2 });
    expect(nowhere).toMatchObject({
      code: 1,
      output: expect.stringContaining('No system runs'),
    });
  });

  it('ANA-5: ends with 1 and a hint if the first events of a stream are gone', async () => {
    const { manager, jetstream } = bus;
    const stream = streamName(config.namespace, 'tasks');
    await node.stop();
    await manager.streams.delete(stream);
    // Limits of age or size would leave the stream in this state. Our own streams refuse a purge.
    await manager.streams.add({ name: stream, subjects: [`${config.namespace}.tasks.>`] });
    await jetstream.publish(`${config.namespace}.tasks.task.created.v1`);
    await manager.streams.purge(stream);
    node = await startNode(config, ['analytics']);
    const { code, output } = await run(['rebuild']);
    expect(code).toBe(1);
    expect(output).toContain(`${stream} begins with event 2`);
    expect(output).toContain('restore the stream from a backup');
    expect(await node.broker.call('analytics.operator.rebuild.status')).toMatchObject({
      live: { generation: 2 },
    });
  });
});
