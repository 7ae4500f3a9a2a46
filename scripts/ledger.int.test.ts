import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DatabaseMethods } from '#mixins/database/database.mixin.ts';
import { platformOf } from '#mixins/platform.ts';
import type { Config } from '../config.ts';
import type { Books } from '../services/accounting/books.fixture.ts';
import { bookAll, end, postingRequest } from '../services/accounting/days/days.fixture.ts';
import { asIntruder } from '../services/accounting/seal/seal.fixture.ts';
import { readPublishedHeads } from '../services/accounting/seal/seal-heads.client.ts';
import { startNode, type TestNode } from '../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../test/harness/config.ts';
import { until } from '../test/harness/wait.ts';

const PIP = '0192f000-0000-7000-8000-000000000001';

let config: Config;
let node: TestNode;
let day: string;
beforeAll(async () => {
  config = testConfig();
  node = await startNode(config, ['accounting']);
  const { database } = node.broker.getLocalService('accounting') as unknown as DatabaseMethods;
  const books = { config, database, platform: platformOf(node.broker) } as Books;
  await bookAll(books, [postingRequest(PIP, 300), postingRequest(PIP, -100)]);
  const [open] = await database.rows<{ day: string }>('SELECT day::text AS day FROM business_day');
  day = open?.day ?? '';
  await end(books, day);
  await bookAll(books, [postingRequest(PIP, 7)]);
  await until(async () => (await readPublishedHeads(config)).length === 1, { what: 'the published head' });
  await until(
    async () => {
      const [left] = await database.rows<{ count: number }>(
        'SELECT count(*) AS count FROM posting WHERE id > (SELECT max(last_position) FROM seal)',
      );
      return left?.count === 0;
    },
    { what: 'the seal' },
  );
});
afterAll(async () => {
  await node.stop();
  await dropNamespace(config);
});

/** Runs the command; an empty value unsets a variable. */
async function ledger(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const script = fileURLToPath(new URL('./ledger.ts', import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      DATA_DIR: '/nowhere',
      DATABASE_URL: config.databaseUrl ?? '',
      NATS_URL: config.natsUrls.join(','),
      NAMESPACE: config.namespace,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { status: child.exitCode, out, err };
}

describe('npm run ledger', () => {
  it('ACC-8: verifies an intact journal, with its published heads', async () => {
    const { status, out } = await ledger(['verify', '--heads']);
    expect(out).toContain(`The journal of ${config.namespace}_accounting is intact.`);
    expect(out).toMatch(/^sum of entries {2}0$/m);
    // Two lines and the payout.
    expect(out).toMatch(new RegExp(`${day} +[0-9a-f]{64}\\n +block \\d+, 6 entries, published`));
    expect(status).toBe(0);
  });

  it('ACC-8: names the first line that was tampered with', async () => {
    const { database } = node.broker.getLocalService('accounting') as unknown as DatabaseMethods;
    const [second] = await database.rows<{ id: number; key: string }>(
      'SELECT id, key FROM posting ORDER BY id OFFSET 1 LIMIT 1',
    );
    await asIntruder(config, `UPDATE entry SET amount = amount * 2 WHERE posting_id >= ${second?.id}`);
    try {
      const { status, out } = await ledger(['verify']);
      expect(out).toContain(`posting ${second?.id} was changed after it was sealed`);
      expect(out).toContain(`employee/${PIP}: -200`);
      expect(out).toContain(second?.key);
      expect(status).toBe(1);
    } finally {
      await asIntruder(config, `UPDATE entry SET amount = amount / 2 WHERE posting_id >= ${second?.id}`);
    }
    expect((await ledger(['verify'])).status).toBe(0);
  });

  it('G25: obeys no options of the driver or of libraries in its environment', async () => {
    const hostile = {
      PGOPTIONS: '-c search_path=nowhere -c statement_timeout=1',
      PGSSLMODE: 'require',
      NODE_PG_FORCE_NATIVE: '1',
      DEBUG: '*',
    };
    expect(await ledger(['verify'], hostile)).toMatchObject({ status: 0, err: '' });
  });

  it('reports that NATS is away, and fails then with --heads', async () => {
    const away = { NATS_URL: 'nats://127.0.0.1:1' };
    const { status, out } = await ledger(['verify'], away);
    expect(out).toContain('not held against the published ones');
    expect(status).toBe(0);
    expect(await ledger(['verify', '--heads'], away)).toMatchObject({ status: 2, out: '' });
  });

  it.each([
    ['without a command', [], {}, 'Usage'],
    ['with an option that it does not know', ['verify', '--fast'], {}, 'Usage'],
    ['with nowhere to go', ['verify'], { DATABASE_URL: '' }, 'DATABASE_URL'],
    [
      'with a server that is away',
      ['verify'],
      { DATABASE_URL: 'postgresql://postgres@127.0.0.1:1/postgres' },
      'ECONNREFUSED',
    ],
    ['with a journal that is not there', ['verify'], { NAMESPACE: 'nobodys' }, 'nobodys'],
  ])('ends with 2 %s', async (_, args, environment, reason) => {
    const { status, err, out } = await ledger(args, environment);
    expect(err).toContain(reason);
    expect([status, out]).toEqual([2, '']);
  });
});
