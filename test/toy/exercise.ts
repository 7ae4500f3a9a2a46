/** Exercises the toy product on the servers of another system, started by its own launcher. */
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import { connect } from 'nats';
import type { Addresses } from '../../scripts/launcher/addresses.ts';
import { Client } from '../e2e/client.ts';
import { until } from '../harness/wait.ts';
import { dataFolder, Launcher } from '../launcher/terminal.ts';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const BEAK = 'a-beak-for-the-toys';

/** Starts it, lets one service publish an event that the other one consumes, and ends it. */
export async function exerciseToys(servers: Addresses): Promise<void> {
  const folder = dataFolder();
  try {
    const launcher = await Launcher.ready({
      dataDir: folder.path,
      script: path('../../scripts/up.ts'),
      environment: {
        PRODUCT: path('./products/toy.ts'),
        NATS_URL: servers.natsUrl,
        DATABASE_URL: servers.databaseUrl,
        SMTP_URL: servers.smtpUrl,
        ADMIN_BEAK: BEAK,
      },
    });
    expect(launcher.output).toContain(
      'starting accounting, analytics, audit, auth, feeders, gateway, mailer, parrots, reconciliation with',
    );
    await expectAnswers(`http://127.0.0.1:${launcher.port}/api/v1`);
    await expectStreams(servers.natsUrl);
    expect(launcher.output).not.toContain(' ERROR ');
    expect(await launcher.interrupt()).toBe(0);
  } finally {
    folder.remove();
  }
}

async function expectAnswers(api: string): Promise<void> {
  const stranger = await new Client(api).request('GET', '/bowls');
  expect(stranger.headers.get('www-authenticate')).toMatch(/^Bearer realm="toy"/);
  const admin = await new Client(api).signIn('admin', BEAK);
  const { id } = await admin.expect<{ id: string }>(201, 'POST', '/parrots', { name: 'Polly' });
  const bowls = await until(
    async () => {
      const { items } = await admin.expect<{ items: unknown[] }>(200, 'GET', '/bowls');
      return items.length > 0 && items;
    },
    { what: 'the bowl' },
  );
  expect(bowls).toEqual([{ parrotId: id, name: 'Polly' }]);
  const audited = await until(
    async () => {
      const lines = await admin.all<{ type: string }>('/audit');
      return lines.filter(({ type }) => type === 'parrots.parrot.hatched.v1');
    },
    { what: 'the line in the log' },
  );
  expect(audited).toHaveLength(1);
  // Nothing of the other product's own services is served, consumed or compared.
  expect((await admin.request('GET', '/tasks')).status).toBe(404);
  expect(await admin.expect(200, 'GET', '/analytics/reconciliation')).toMatchObject({ consistent: true });
}

/** Each product has its own streams, and in them its own consumers. */
async function expectStreams(natsUrl: string): Promise<void> {
  const { username: user, password: pass, host } = new URL(natsUrl);
  const connection = await connect({ servers: host, user, pass });
  try {
    const manager = await connection.jetstreamManager();
    const streams: string[] = [];
    for await (const name of manager.streams.names()) streams.push(name);
    const ofToys = streams.filter((name) => name.startsWith('toy_'));
    expect(ofToys.sort()).toEqual(
      ['ACCOUNTING', 'ANALYTICS', 'AUDIT', 'AUTH', 'FEEDERS', 'MAILER', 'PARROTS', 'RECONCILIATION'].map(
        (name) => `toy_${name}`,
      ),
    );
    expect(streams).toContain('ates_TASKS');
    expect(streams).not.toContain('ates_PARROTS');
    const durables: string[] = [];
    for await (const { name } of manager.consumers.list('toy_PARROTS')) durables.push(name);
    expect(durables.sort()).toEqual(['audit-parrots', 'feeders-parrots']);
  } finally {
    await connection.close();
  }
}
