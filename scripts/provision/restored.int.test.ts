/** A database that was restored to an older state than NATS is recognised before the services start. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bus } from '#mixins/bus/bus.ts';
import { SILENT } from '#mixins/log.ts';
import { streamsAhead } from '#mixins/outbox/orphans.ts';
import {
  append,
  cleaned,
  type OpenDatabase,
  openDatabase,
  unpublished,
} from '#mixins/outbox/outbox.fixture.ts';
import { Relay } from '#mixins/outbox/relay.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { busForLooks, lookForOrphans } from './restored.ts';

let config: Config;
let bus: Bus;
let database: OpenDatabase;
beforeEach(async () => {
  config = testConfig();
  bus = (await busForLooks(config)) as Bus;
  database = await openDatabase(config, 'parrots');
  const relay = new Relay({ database, bus, log: SILENT });
  const cage = randomUUID();
  await append(database, cleaned(cage, 1), cleaned(cage, 2));
  while ((await unpublished(database)) > 0) await relay.pass();
  relay.close();
});
afterEach(async () => {
  await database.close();
  await bus.stop();
  await dropNamespace(config);
});

describe('provisioning', () => {
  it('G22: notes that a stream is ahead of a restored database, and publishes nothing', async () => {
    await database.inTransaction(async (tx) => {
      for (const table of ['outbox', 'outbox_stream']) await tx.run(`DELETE FROM ${table}`);
    });
    await append(database, cleaned(randomUUID(), 1));
    await lookForOrphans(database, bus);
    expect(await streamsAhead(database, bus)).toEqual([{ stream: 'parrots', between: [1, 2] }]);
    expect(await unpublished(database)).toBe(1);
  });

  it('G22: notes nothing where the database is as new as the stream', async () => {
    await lookForOrphans(database, bus);
    expect(await streamsAhead(database, bus)).toEqual([]);
  });

  it('G22: goes on without NATS', async () => {
    expect(await busForLooks({ ...config, natsUrls: [] })).toBeNull();
  });
});
