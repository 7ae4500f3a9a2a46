/** `npm run analytics`: what an operator sees, and the exit status. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Config } from '../../config.ts';
import { streamName } from '../../mixins/names.ts';
import { platformOf } from '../../mixins/platform.ts';
import { startNode, type TestNode } from '../../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { publish } from './analytics.fixture.ts';
import { Traffic } from './traffic.fixture.ts';

const SCRIPT = new URL('../../scripts/analytics.ts', import.meta.url).pathname;

let config: Config;
let node: TestNode;
/** A node without services, which publishes. */
let client: TestNode;

beforeAll(async () => {
  config = testConfig({ logLevel: 'fatal' });
  client = await startNode(config, []);
  node = await startNode(config, ['analytics']);
  await publish(platformOf(client.broker).bus, new Traffic(11).waves(5));
});

afterAll(async () => {
  await node?.stop();
  await client?.stop();
  await dropNamespace(config);
});

async function run(
  args: readonly string[],
  natsUrl = config.natsUrls.join(),
): Promise<{ code: number; output: string }> {
  const environment = {
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
  it('ANA-5: rebuilds, shows how far it is, and ends with 0 when the new figures are live', async () => {
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

  it('ends with 1, in words, when there is nothing to cancel', async () => {
    expect(await run(['cancel'])).toEqual({ code: 1, output: 'No rebuild is under way\n' });
  });

  it('ends with 2 when it is called wrongly, and with 1 when no system is there', async () => {
    expect(await run(['rebuilt'])).toMatchObject({ code: 2, output: expect.stringContaining('Usage') });
    expect(await run(['rebuild', '2'])).toMatchObject({ code: 2 });
    expect(await run(['status'], '')).toMatchObject({
      code: 1,
      output: expect.stringContaining('No system runs'),
    });
  });

  it('ANA-5: ends with 1 and the way out when the streams no longer reach back', async () => {
    const { manager, jetstream } = platformOf(client.broker).bus;
    const stream = streamName(config.namespace, 'tasks');
    await node.stop();
    await manager.streams.delete(stream);
    // As limits of age or size would leave it; what we make ourselves may not be purged.
    await manager.streams.add({ name: stream, subjects: [`${config.namespace}.tasks.>`] });
    await jetstream.publish(`${config.namespace}.tasks.task.created.v1`);
    await manager.streams.purge(stream);
    node = await startNode(config, ['analytics']);
    const { code, output } = await run(['rebuild']);
    expect(code).toBe(1);
    expect(output).toContain(`${stream} begins with event 2`);
    expect(output).toContain('restore the stream from a backup');
    expect(await run(['status'])).toMatchObject({ output: expect.stringContaining('Generation 2 is live') });
  });
});
