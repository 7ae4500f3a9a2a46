import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { databaseName } from '#mixins/names.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { until } from '../../test/harness/wait.ts';
import { Listener } from './listener.ts';
import { type OpenDatabase, openDatabase } from './outbox.fixture.ts';

let config: Config;
let database: OpenDatabase;
let woken: number;
let listening: Listener;
let notifying: Listener;

beforeEach(async () => {
  config = testConfig();
  database = await openDatabase(config, 'parrots');
  woken = 0;
  listening = new Listener(database, () => woken++);
  notifying = new Listener(database, () => {});
  listening.start();
  notifying.start();
  // Being connected counts as a wake-up.
  await until(() => woken === 1);
});

afterEach(async () => {
  await listening.stop();
  await notifying.stop();
  await database.close();
  await dropNamespace(config);
});

async function wakes(): Promise<void> {
  const before = woken;
  await until(() => {
    notifying.notify();
    return woken > before;
  });
}

describe('Relays of two nodes', () => {
  it('wake each other', async () => {
    await wakes();
  });

  it('wake each other only a few times for many calls', async () => {
    await wakes();
    const before = woken;
    for (let call = 0; call < 1_000; call++) notifying.notify();
    await until(() => woken > before);
    // One of the calls before may have been on its way.
    expect(woken).toBeLessThanOrEqual(before + 2);
  });

  it('connect again when PostgreSQL ends their connections, and poll for missed events', async () => {
    const before = woken;
    const admin = new pg.Client({ connectionString: config.databaseUrl ?? '' });
    await admin.connect();
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'outbox relay'`,
      [databaseName(config.namespace, 'parrots')],
    );
    await admin.end();
    await until(() => woken > before);
    await wakes();
  });
});
