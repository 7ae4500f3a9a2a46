/**
 * A database that was restored to an older state than NATS is detected before the services start.
 */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bus } from '#mixins/bus/bus.ts';
import { noteAhead } from '#mixins/bus/epochs.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { streamSettings } from '#mixins/bus/streams.ts';
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
import { startNats } from '../../test/harness/servers.ts';
import { busForLooks, compareWithStreams } from './restored.ts';

let config: Config;
let bus: Bus;
let database: OpenDatabase;
let printed: string[];
const print = (line: string) => void printed.push(line);
beforeEach(async () => {
  printed = [];
  config = testConfig();
  bus = createBus(config);
  await bus.start();
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
    await compareWithStreams(database, bus, print);
    expect(await streamsAhead(database, bus)).toEqual([{ stream: 'parrots', between: [1, 2] }]);
    expect(await unpublished(database)).toBe(1);
    expect(printed).toEqual([]);
  });

  it('G22: does not take another, empty database for a restored one: it warns, and notes nothing', async () => {
    await database.inTransaction(async (tx) => {
      for (const table of ['outbox', 'outbox_stream']) await tx.run(`DELETE FROM ${table}`);
    });
    await compareWithStreams(database, bus, print);
    expect(await streamsAhead(database, bus)).toEqual([]);
    expect(printed).toEqual([
      expect.stringMatching(/_PARROTS has events of parrots, whose database has none\. If DATABASE_URL/),
    ]);
  });

  it('G22: withdraws a note that was made with another database', async () => {
    await noteAhead(bus, 'parrots', 'parrots', [1, 2], 0);
    await compareWithStreams(database, bus, print);
    expect(await streamsAhead(database, bus)).toEqual([]);
    expect(printed).toEqual([]);
  });

  it('G22: notes nothing if the database is as new as the stream', async () => {
    await compareWithStreams(database, bus, print);
    expect(await streamsAhead(database, bus)).toEqual([]);
    expect(printed).toEqual([]);
  });

  it('G22: does not take another NATS for a loss: it warns, and changes neither the database nor that NATS', async () => {
    const nats = await startNats();
    const other = (await busForLooks({ ...config, natsUrls: [nats.url] })) as Bus;
    const known = () =>
      database.inTransaction(async (tx) => ({
        streams: await tx.rows('SELECT * FROM outbox_stream'),
        events: await tx.rows('SELECT * FROM outbox'),
      }));
    try {
      const before = await known();
      await compareWithStreams(database, other, print);
      expect(await other.manager.streams.names().next()).toEqual([]);
      // As the next provisioning step makes it.
      await other.manager.streams.add(streamSettings(config.namespace, 'parrots', 1));
      await compareWithStreams(database, other, print);
      expect(await known()).toEqual(before);
      const line = expect.stringMatching(
        /^NATS lacks events that parrots has published to .*_PARROTS\. If NATS_URL/,
      );
      expect(printed).toEqual([line, line]);
    } finally {
      await other.stop();
      await nats.dispose();
    }
  });

  it('G22: goes on without NATS', async () => {
    expect(await busForLooks({ ...config, natsUrls: [] })).toBeNull();
  });
});
