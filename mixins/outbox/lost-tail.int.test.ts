import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bus } from '#mixins/bus/bus.ts';
import { firstLostSince, readEpoch, type StreamEpoch, watchEpochs } from '#mixins/bus/epochs.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { SILENT } from '#mixins/log.ts';
import { streamName } from '#mixins/names.ts';
import type { Config } from '../../config.ts';
import { startNats } from '../../scripts/servers/nats.ts';
import type { Server } from '../../scripts/servers/server.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { findNatsForTests, TEST_FOLDER, testServers } from '../../test/harness/servers.ts';
import { until } from '../../test/harness/wait.ts';
import type { NewEvent } from './event.ts';
import {
  append,
  appendCages,
  cleaned,
  mail,
  type OpenDatabase,
  openDatabase,
  outOfOrder,
  storedIn,
  unpublished,
} from './outbox.fixture.ts';
import { Relay } from './relay.ts';

let folder: string;
let nats: Server;
let config: Config;
let bus: Bus;
let services: Service[];

interface Service {
  readonly database: OpenDatabase;
  readonly relay: Relay;
}

async function service(name: string): Promise<Service> {
  const database = await openDatabase(config, name);
  const made = { database, relay: new Relay({ database, bus, log: SILENT }) };
  services.push(made);
  return made;
}

beforeEach(async () => {
  services = [];
  folder = mkdtempSync(`${tmpdir()}/${TEST_FOLDER}`);
  nats = await startNats({ folder: `${folder}/server`, binary: await findNatsForTests() });
  config = testConfig({ natsUrls: [nats.url] });
  bus = createBus(config);
  await bus.start();
});

afterEach(async () => {
  for (const { database, relay } of services) {
    relay.close();
    await database.close();
  }
  await bus.stop();
  await nats.kill();
  rmSync(folder, { recursive: true, force: true });
  await dropNamespace({ ...config, natsUrls: [testServers().natsUrl] });
});

const store = () => `${folder}/server/jetstream`;

/**
 * Stops the server, does something to its store, and starts it again; resolves when the bus is
 * back.
 */
async function restart(change: () => void): Promise<void> {
  let back = false;
  const end = bus.onReconnect(() => {
    back = true;
  });
  await nats.stop();
  change();
  nats = await startNats({ folder: `${folder}/server`, binary: await findNatsForTests() });
  await until(() => back);
  end();
}

const keepCopy = () => restart(() => cpSync(store(), `${folder}/copy`, { recursive: true }));
const restoreCopy = () =>
  restart(() => {
    rmSync(store(), { recursive: true });
    cpSync(`${folder}/copy`, store(), { recursive: true });
  });
const wipe = () => restart(() => rmSync(store(), { recursive: true }));

async function drain({ relay, database }: Service): Promise<void> {
  await until(
    async () => {
      const pass = await relay.pass();
      return !pass.more && (await unpublished(database)) === 0;
    },
    { every: 1 },
  );
}

async function send(from: Service, ...events: NewEvent[]): Promise<void> {
  await append(from.database, ...events);
  await drain(from);
}

/** Every event of the outbox, in the order in which it was appended. */
async function idsOf({ database }: Service, stream: string): Promise<string[]> {
  const rows = await database.inTransaction((tx) =>
    tx.rows<{ id: string }>('SELECT event_id AS id FROM outbox WHERE stream = $1 ORDER BY position', [
      stream,
    ]),
  );
  return rows.map(({ id }) => id);
}

describe('A stream that lost its tail', () => {
  it('is refilled in order when the relay is back, and its epoch has the position where the loss began', async () => {
    const parrots = await service('parrots');
    await appendCages(parrots.database, 20, 3);
    await drain(parrots);
    await keepCopy();
    await appendCages(parrots.database, 20, 2);
    await drain(parrots);
    expect((await readEpoch(bus, 'parrots')).epoch).toBe(0);
    await restoreCopy();
    await drain(parrots);
    const stored = await storedIn(bus, 'parrots');
    expect(stored.map(({ id }) => id)).toEqual(await idsOf(parrots, 'parrots'));
    const epoch = await readEpoch(bus, 'parrots');
    expect(epoch.changes).toEqual([
      { epoch: 0, firstLost: 1 },
      { epoch: epoch.epoch, firstLost: 61 },
    ]);
    expect(firstLostSince(epoch, 0)).toBe(61);
  });

  it('is recognised even if it was refilled beyond the last known position', async () => {
    const [parrots, billing] = [await service('parrots'), await service('billing')];
    await send(parrots, mail(), mail());
    await keepCopy();
    await send(parrots, mail(), mail());
    await restoreCopy();
    await send(billing, ...Array.from({ length: 5 }, () => mail()));
    expect((await readEpoch(bus, 'couriers')).epoch).toBe(0);
    await drain(parrots);
    const stored = (await storedIn(bus, 'couriers')).map(({ id }) => id);
    const [ours, theirs] = [await idsOf(parrots, 'couriers'), await idsOf(billing, 'couriers')];
    expect(stored).toEqual([...ours.slice(0, 2), ...theirs, ...ours.slice(2)]);
    expect(firstLostSince(await readEpoch(bus, 'couriers'), 0)).toBe(3);
  });

  it('is recognised by an acknowledgement while the connection stays up', async () => {
    const parrots = await service('parrots');
    await appendCages(parrots.database, 10, 3);
    await drain(parrots);
    const name = streamName(config.namespace, 'parrots');
    const settings = (await bus.manager.streams.info(name)).config;
    await bus.manager.streams.delete(name);
    await bus.manager.streams.add(settings);
    await send(parrots, cleaned(randomUUID(), 1));
    const stored = await storedIn(bus, 'parrots');
    expect(new Set(stored.map(({ id }) => id))).toEqual(new Set(await idsOf(parrots, 'parrots')));
    expect(stored.length).toBe(31);
    expect(firstLostSince(await readEpoch(bus, 'parrots'), 0)).toBe(1);
  });

  it('is made again after it was deleted', async () => {
    const parrots = await service('parrots');
    await appendCages(parrots.database, 10, 3);
    await drain(parrots);
    await bus.manager.streams.delete(streamName(config.namespace, 'parrots'));
    await send(parrots, cleaned(randomUUID(), 1));
    const stored = await storedIn(bus, 'parrots');
    expect(stored.map(({ id }) => id)).toEqual(await idsOf(parrots, 'parrots'));
  });
});

describe('A stream of several services that lost its tail', () => {
  it('gets one new epoch, and every service refills its part', async () => {
    const [parrots, billing] = [await service('parrots'), await service('billing')];
    await send(parrots, mail(), mail());
    await send(billing, mail(), mail());
    await keepCopy();
    await send(parrots, mail(), mail());
    await send(billing, mail(), mail());
    const seen: StreamEpoch[] = [];
    const end = await watchEpochs(bus, (name, epoch) => {
      if (name === 'couriers') seen.push(epoch);
      for (const { relay } of services) relay.distrust(name);
    });
    await restoreCopy();
    await Promise.all([drain(parrots), drain(billing)]);
    await until(() => seen.length > 0);
    await Promise.all([drain(parrots), drain(billing)]);
    const stored = (await storedIn(bus, 'couriers')).map(({ id }) => id);
    const all = [...(await idsOf(parrots, 'couriers')), ...(await idsOf(billing, 'couriers'))];
    expect([...stored].sort()).toEqual(all.sort());
    expect(new Set(seen.map(({ epoch }) => epoch)).size).toBe(1);
    expect(await readEpoch(bus, 'couriers')).toEqual(seen[0]);
    const firstLost = firstLostSince(await readEpoch(bus, 'couriers'), 0);
    expect(firstLost).toBeGreaterThanOrEqual(3);
    expect(firstLost).toBeLessThanOrEqual(5);
    await end();
  });
});

describe('A broker that lost everything', () => {
  it('gets all kept events again, schemas first, under an epoch that no consumer has followed', async () => {
    const parrots = await service('parrots');
    await appendCages(parrots.database, 20, 3);
    await drain(parrots);
    await wipe();
    await drain(parrots);
    const once = await readEpoch(bus, 'parrots');
    expect(firstLostSince(once, 0)).toBe(1);
    await send(parrots, cleaned(randomUUID(), 1));
    await wipe();
    await drain(parrots);
    const twice = await readEpoch(bus, 'parrots');
    expect(twice.epoch).toBeGreaterThan(once.epoch);
    expect(firstLostSince(twice, once.epoch)).toBe(1);
    const stored = await storedIn(bus, 'parrots');
    expect(stored.map(({ id }) => id)).toEqual(await idsOf(parrots, 'parrots'));
    expect(outOfOrder(stored)).toEqual([]);
    const keys: string[] = [];
    for await (const key of await (await bus.bucket('schemas')).keys()) keys.push(key);
    expect(keys.length).toBe(1);
  });

  it('keeps the epoch if only the bucket of epochs was lost', async () => {
    const parrots = await service('parrots');
    await send(parrots, cleaned(randomUUID(), 1));
    await wipe();
    await drain(parrots);
    const before = await readEpoch(bus, 'parrots');
    await bus.manager.streams.delete(`KV_${config.namespace}_streams`);
    parrots.relay.distrust();
    const after = await until(async () => {
      await drain(parrots);
      const found = await readEpoch(bus, 'parrots');
      return found.epoch > before.epoch && found;
    });
    expect(firstLostSince(after, before.epoch)).toBe(2);
    expect((await storedIn(bus, 'parrots')).length).toBe(1);
  });
});

describe('a relay that sees the epoch that it raised before its transaction is committed', () => {
  it('raises it once, and publishes all lost events again', async () => {
    const database = await openDatabase(config, 'parrots');
    // As the watch of epochs reports it, while the commit is still running.
    const slow: typeof database = {
      ...database,
      inTransaction: (work) =>
        database.inTransaction(async (tx) => {
          const result = await work(tx);
          const { epoch } = await readEpoch(bus, 'parrots');
          if (epoch !== heard) made.relay.distrust('parrots');
          heard = epoch;
          return result;
        }),
    };
    let heard = 0;
    const made: Service = { database, relay: new Relay({ database: slow, bus, log: SILENT }) };
    services.push(made);
    const cage = randomUUID();
    await send(made, cleaned(cage, 1), cleaned(cage, 2), cleaned(cage, 3));
    // Deleted and made again while the connection is up: only the next acknowledgement reveals it.
    await bus.manager.streams.delete(streamName(config.namespace, 'parrots'));
    await bus.ensureStream('parrots');
    await send(made, cleaned(cage, 4));
    const { changes } = await readEpoch(bus, 'parrots');
    expect(changes).toHaveLength(2);
    expect(new Set((await storedIn(bus, 'parrots')).map(({ id }) => id))).toEqual(
      new Set(await idsOf(made, 'parrots')),
    );
  });
});
