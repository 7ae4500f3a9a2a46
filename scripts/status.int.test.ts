/** `npm run status` on a system in this process. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addressesOf } from '#mixins/database/address.ts';
import { withClient } from '#mixins/database/client.ts';
import type { DatabaseMethods } from '#mixins/database/database.mixin.ts';
import { Progress } from '#mixins/loops/progress.ts';
import type { Config } from '../config.ts';
import { ADMIN_BEAK } from '../services/auth/variables.fixture.ts';
import { dropNamespace, testConfig } from '../test/harness/config.ts';
import { serviceNames } from '../test/harness/system.ts';
import { type HttpNode, startHttpNode } from '../test/http-node.fixture.ts';
import { runScript } from './run-script.fixture.ts';
import type { Status } from './status/read-status.client.ts';

let config: Config;
let node: HttpNode;

const status = (args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) =>
  runScript(config, 'status.ts', args, environment);

beforeAll(async () => {
  config = testConfig({ adminBeak: ADMIN_BEAK });
  node = await startHttpNode(config, serviceNames());
}, 60_000);
afterAll(async () => {
  await node?.stop();
  await dropNamespace(config);
});

describe('a healthy system', () => {
  it('is well: 0, and an overview of 80 columns', async () => {
    const { code, said, errors } = await status();
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const lines = said.split('\n');
    expect(lines[0]).toBe(`${config.namespace}: all is well`);
    for (const name of serviceNames()) expect(said).toMatch(new RegExp(`^${name} +1 `, 'm'));
    expect(said).toMatch(/^open day +\d{4}-\d\d-\d\d$/m);
    expect(said).toMatch(/^mails queued +0$/m);
    expect(said).toMatch(/^disk full +unknown: no data folder here/m);
    expect(said).toMatch(/^last reconciled +\S/m);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  }, 60_000);

  it('is the same as JSON', async () => {
    const { code, said } = await status(['--json']);
    expect(code).toBe(0);
    const read = JSON.parse(said) as Status;
    expect(read).toMatchObject({ state: 'well', troubles: [], missing: [] });
    expect(read.services.map(({ name }) => name)).toEqual(serviceNames().toSorted());
  }, 60_000);
});

describe('a system whose loop is stalled', () => {
  it('is wrong: 1, and the loop is in the second line', async () => {
    const { loops } = node.broker.getLocalService('mailer') as unknown as DatabaseMethods;
    const { progress } = loops.add({ name: 'beads', progress: new Progress() });
    progress.failed('There is no string', performance.now() - 61_000);
    const { code, said } = await status();
    progress.ended(false, performance.now());
    expect(code).toBe(1);
    const [first, second] = said.split('\n');
    expect(first).toBe(`${config.namespace}: something is wrong`);
    expect(second).toMatch(/^ {2}mailer-beads is stalled since \S+Z: There is no string\./);
  }, 60_000);
});

describe('a system with a dead letter of a loop', () => {
  const run = (sql: string) => withClient(addressesOf(config, 'mailer').owner, (client) => client.run(sql));

  it('is wrong: 1, and the loop, the code and the next command are in the second line', async () => {
    await run(
      `INSERT INTO dead_letter (id, consumer, event_key, stream, stream_sequence, type, subject, headers, payload, attempts, code, message)
       VALUES (gen_random_uuid(), 'mailer-payouts', gen_random_uuid(), '', 0, 'mailer.payout', 'item/1', '{}', '', 1, '23514', 'Unlucky')`,
    );
    const { code, said } = await status();
    await run('DELETE FROM dead_letter');
    expect(code).toBe(1);
    expect(said.split('\n')[1]).toBe('  mailer-payouts has 1 dead letters (23514). See: dead-letters mailer');
    expect(said).toMatch(/^mailer +1 +\d+ +\d+ +1 /m);
  }, 60_000);
});

describe('a state that cannot be found out', () => {
  it.each<[string, NodeJS.ProcessEnv, string]>([
    ['without a system in the data folder', { NATS_URL: '' }, 'No system runs on the data folder'],
    ['while NATS is away', { NATS_URL: 'nats://127.0.0.1:1' }, "NATS at 127.0.0.1:1 can't be reached"],
    ['with a wrong setting', { MAIL_FROM: 'nobody', NATS_URL: 'what' }, 'NATS_URL'],
  ])(
    'is 2 %s, and the reason',
    async (_name, environment, reason) => {
      const asText = await status([], environment);
      expect(asText).toMatchObject({ code: 2, said: '' });
      expect(asText.errors).toContain(reason);
      const { code, said } = await status(['--json'], environment);
      expect(code).toBe(2);
      expect(JSON.parse(said)).toEqual({ state: 'unknown', reason: expect.stringContaining(reason) });
    },
    60_000,
  );
});

it('explains itself: 0 with --help, 2 for other words', async () => {
  expect(await status(['--help'])).toMatchObject({
    code: 0,
    said: expect.stringContaining('Usage: npm run status'),
  });
  expect(await status(['now'])).toMatchObject({
    code: 2,
    said: '',
    errors: expect.stringContaining('Usage'),
  });
}, 60_000);
