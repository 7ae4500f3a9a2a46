/**
 * A backup of two tiny services on servers that others give, and its restore into the same ones.
 */
import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { bindDurable, createDurable } from '#mixins/consumer/durable.ts';
import { addressesOf } from '#mixins/database/address.ts';
import { withClient } from '#mixins/database/client.ts';
import { DatabaseLifecycle } from '#mixins/database/lifecycle.ts';
import { SILENT } from '#mixins/log.ts';
import { streamName } from '#mixins/names.ts';
import { causeOf, type OpenDatabase, storedIn, unpublished } from '#mixins/outbox/outbox.fixture.ts';
import { Relay } from '#mixins/outbox/relay.ts';
import type { Config } from '../../config.ts';
import { loadProducts } from '../../product.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { hatchParrot } from '../../test/toy/services/parrots/hatch-parrot.handler.ts';
import { migrationsFolder, provisionDatabases } from '../provision/databases.ts';
import { makeStreams } from '../provision/streams.ts';
import { makeBackup } from './make-backup.ts';
import { type Manifest, writeManifest } from './manifest.ts';
import { restoreBackup } from './restore-backup.ts';

const TOY = fileURLToPath(new URL('../../test/toy/products/toy.ts', import.meta.url));
const TOYS = ['feeders', 'parrots'];
const ACK = { ackWaitMs: 30_000, maxAckPending: 1_000 };

let place: string;
let config: Config;
let bus: Bus;
let lines: string[];
const print = (line: string) => void lines.push(line);

beforeEach(async () => {
  place = mkdtempSync(`${tmpdir()}/backup-test-`);
  lines = [];
  const toy = (await loadProducts(TOY)).get(TOY);
  if (toy === undefined) throw new Error('There is no toy product');
  const services = new Map([...toy.services].filter(([name]) => TOYS.includes(name)));
  config = testConfig({ product: { ...toy, services }, dataDir: `${place}/data` });
  await provisionDatabases({ config, print });
  await makeStreams({ config, print });
  bus = createBus(config);
  await bus.start();
});
afterEach(async () => {
  await bus.stop();
  await dropNamespace(config);
  rmSync(place, { recursive: true, force: true });
});

async function open(service: string): Promise<OpenDatabase> {
  const migrations = migrationsFolder(config.product, service);
  const lifecycle = new DatabaseLifecycle({ config, service, migrations, log: SILENT });
  return Object.assign(await lifecycle.open(), { close: () => lifecycle.close() });
}

async function withParrots<Result>(work: (parrots: OpenDatabase) => Promise<Result>): Promise<Result> {
  const parrots = await open('parrots');
  try {
    return await work(parrots);
  } finally {
    await parrots.close();
  }
}

async function hatch(parrots: OpenDatabase, ...names: string[]): Promise<void> {
  for (const name of names) await hatchParrot(parrots, name, causeOf(randomUUID()));
}

async function publishAll(parrots: OpenDatabase): Promise<void> {
  const relay = new Relay({ database: parrots, bus, log: SILENT });
  while ((await unpublished(parrots)) > 0) await relay.pass();
  relay.close();
}

const names = (parrots: OpenDatabase) =>
  parrots
    .rows<{ name: string }>('SELECT name FROM parrot ORDER BY name')
    .then((rows) => rows.map((row) => row.name));

/** Odd texts must come back as they were. */
const ODD = 'Polly\t"\\N"\n\u{1F99C}';

/** Polly's event is acknowledged, and Rio's is not. */
async function twoParrots(): Promise<void> {
  await withParrots(async (parrots) => {
    await hatch(parrots, ODD, 'Rio');
    await publishAll(parrots);
  });
  const name = { stream: streamName(config.namespace, 'parrots'), durable: 'feeders-parrots' };
  await createDurable(bus, name, ACK, 1);
  const message = await bus.jetstream.consumers.get(name.stream, name.durable).then((each) => each.next());
  await message?.ackAck();
}

async function backUp(folder = `${place}/backup`): Promise<string> {
  await makeBackup({ config, folder, print });
  return folder;
}

const restore = (folder: string, replace = false) => restoreBackup({ config, folder, replace, print });

const readIn = (folder: string): Manifest => JSON.parse(readFileSync(`${folder}/manifest.json`, 'utf8'));

/** Changes the manifest, with a digest that is right. */
function rewrite(folder: string, change: Partial<Manifest>): void {
  const { format: _, ...manifest } = readIn(folder);
  writeManifest(folder, { ...manifest, ...change });
}

/** What a refused restore must not change. */
async function present() {
  const stored = await storedIn(bus, 'parrots');
  return { parrots: await withParrots(names), events: stored.map(({ id, at }) => [at, id]) };
}

describe('a backup that is restored after everything was lost', () => {
  it('brings back rows, events with their sequences, positions of consumers, and passwords', async () => {
    await twoParrots();
    const before = await present();
    const secrets = await withClient(addressesOf(config, 'parrots').owner, (client) =>
      client.rows('SELECT name, value FROM provision.secret'),
    );
    const folder = await backUp();
    await dropNamespace(config);
    await restore(folder);
    expect(await present()).toEqual(before);
    await withClient(addressesOf(config, 'parrots').owner, async (client) => {
      expect(await client.rows('SELECT name, value FROM provision.secret')).toEqual(secrets);
    });
    const info = await bus.manager.consumers.info(streamName(config.namespace, 'parrots'), 'feeders-parrots');
    expect(info).toMatchObject({ num_pending: 1, config: { opt_start_seq: 2 } });
    expect(await bindDurable(bus, { stream: info.stream_name, durable: info.name }, ACK as never)).toBe(true);
  });

  it('FAIL-1: publishes events again that were published after their stream was copied', async () => {
    await twoParrots();
    const folder = await backUp();
    await withParrots(async (parrots) => {
      await hatch(parrots, 'Late');
      await publishAll(parrots);
    });
    const before = await present();
    const newer = await backUp(`${place}/newer`);
    // The databases of the newer backup with the streams of the older one.
    const { streams } = readIn(folder);
    cpSync(`${folder}/streams`, `${newer}/streams`, { recursive: true });
    rewrite(newer, { streams });
    await dropNamespace(config);
    await restore(newer);
    expect(lines).toContain('parrots: 1 events will be published again');
    expect((await present()).events).toHaveLength(2);
    await withParrots(publishAll);
    expect(await present()).toEqual(before);
  });

  it('draws no number of a sequence twice', async () => {
    await twoParrots();
    const folder = await backUp();
    await dropNamespace(config);
    await restore(folder);
    await withParrots(async (parrots) => {
      await hatch(parrots, 'Kiwi');
      const rows = await parrots.rows<{ position: number }>('SELECT position FROM outbox ORDER BY position');
      expect(rows.map(({ position }) => position)).toEqual([1, 2, 3]);
    });
  });
});

describe('the folder of a backup', () => {
  it('is only for its owner, and has its manifest', async () => {
    await twoParrots();
    const folder = await backUp();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) expect(statSync(`${file.parentPath}/${file.name}`).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual([
      'databases',
      'manifest.json',
      'manifest.json.sha256',
      'streams',
    ]);
  });

  it('is refused where it exists, and stays as it is', async () => {
    mkdirSync(`${place}/backup`);
    await expect(backUp()).rejects.toThrow('exists. Name a new folder');
    expect(readdirSync(`${place}/backup`)).toEqual([]);
  });

  it('does not appear, and nothing stays, where the backup fails', async () => {
    await twoParrots();
    const failed = makeBackup({
      config,
      folder: `${place}/backup`,
      print(line) {
        if (line.startsWith('feeders:')) throw new Error('The disk is full');
      },
    });
    await expect(failed).rejects.toThrow('The disk is full');
    expect(readdirSync(place)).toEqual([]);
    await backUp();
  });

  it('is cleared where an interrupted backup has left it', async () => {
    mkdirSync(`${place}/backup.incomplete/streams`, { recursive: true });
    writeFileSync(`${place}/backup.incomplete/streams/old`, 'old');
    await backUp();
    expect(readdirSync(place)).toEqual(['backup']);
    expect(existsSync(`${place}/backup/streams/old`)).toBe(false);
  });

  it('is not written by a role that may not read everything, and the error names the variable', async () => {
    const { runtime } = addressesOf(config, 'parrots');
    const url = new URL(config.databaseUrl ?? '');
    url.pathname = runtime.database;
    url.searchParams.set('options', '');
    await withClient(addressesOf(config, 'parrots').admin, (client) =>
      client.run(`ALTER ROLE "${runtime.user}" PASSWORD 'known'`),
    );
    url.username = runtime.user;
    url.password = 'known';
    const limited = {
      ...config,
      serviceDatabaseUrls: { ...config.serviceDatabaseUrls, parrots: url.href },
      databaseUrl: null,
    };
    const feeders = { feeders: new URL(`/${config.namespace}_feeders`, config.databaseUrl ?? '').href };
    const given = { ...limited, serviceDatabaseUrls: { ...limited.serviceDatabaseUrls, ...feeders } };
    const refused = makeBackup({ config: given, folder: `${place}/backup`, print });
    await expect(refused).rejects.toThrow('Set DATABASE_URL to the role of npm run provision');
  });
});

describe('a restore that is refused changes nothing', () => {
  let folder: string;
  let before: Awaited<ReturnType<typeof present>>;
  beforeEach(async () => {
    await twoParrots();
    folder = await backUp();
    await withParrots(async (parrots) => {
      await hatch(parrots, 'New');
      await publishAll(parrots);
    });
    before = await present();
  });
  afterEach(async () => expect(await present()).toEqual(before));

  it('where there are data', async () => {
    await expect(restore(folder)).rejects.toThrow(`There are data already: ${config.namespace}_feeders`);
  });

  it('where a file has another byte', async () => {
    const path = `${folder}/streams/${streamName(config.namespace, 'parrots')}`;
    const content = readFileSync(path);
    content.writeUInt8((content.at(-40) ?? 0) ^ 1, content.length - 40);
    writeFileSync(path, content);
    await expect(restore(folder, true)).rejects.toThrow('_PARROTS does not have its SHA-256');
  });

  it('where a file is longer, or missing', async () => {
    const path = 'databases/parrots/public.parrot.gz';
    appendFileSync(`${folder}/${path}`, 'x');
    await expect(restore(folder, true)).rejects.toThrow(`${path} has`);
    rmSync(`${folder}/${path}`);
    await expect(restore(folder, true)).rejects.toThrow(`${path} is missing`);
  });

  it('where the backup is incomplete', async () => {
    rmSync(`${folder}/manifest.json`);
    await expect(restore(folder, true)).rejects.toThrow('it has no manifest.json');
  });

  it('where the manifest was changed', async () => {
    appendFileSync(`${folder}/manifest.json`, ' ');
    await expect(restore(folder, true)).rejects.toThrow('manifest.json is damaged');
  });

  it('where the backup is of another product or namespace', async () => {
    rewrite(folder, { product: 'zoo' });
    await expect(restore(folder, true)).rejects.toThrow('Set PRODUCT=zoo');
    rewrite(folder, { product: 'toy', namespace: 'other' });
    await expect(restore(folder, true)).rejects.toThrow('Set NAMESPACE=other');
  });

  it('where a newer release made it', async () => {
    const { databases } = readIn(folder);
    const newer = databases.map((each) => ({
      ...each,
      migrations: [...each.migrations, 'parrots/9999_fly'],
    }));
    rewrite(folder, { databases: newer });
    await expect(restore(folder, true)).rejects.toThrow(/from a newer release.*parrots\/9999_fly/);
  });

  it('where a node is connected', async () => {
    await withParrots(async (parrots) => {
      await names(parrots);
      await expect(restore(folder, true)).rejects.toThrow(
        /sessions use the database .*_parrots: stop all nodes/,
      );
    });
  });
});

describe('a restore over other data', () => {
  it('replaces them if it is told so', async () => {
    await twoParrots();
    const before = await present();
    const folder = await backUp();
    await withParrots(async (parrots) => {
      await hatch(parrots, 'New');
      await publishAll(parrots);
    });
    await restore(folder, true);
    expect(await present()).toEqual(before);
  });
});

describe('a restore that was interrupted', () => {
  it('keeps services from starting, and ends well when it is run again', async () => {
    await twoParrots();
    const before = await present();
    const folder = await backUp();
    await dropNamespace(config);
    const interrupted = restoreBackup({
      config,
      folder,
      replace: false,
      print(line) {
        if (line.startsWith('feeders: ')) throw new Error('The power went off');
      },
    });
    await expect(interrupted).rejects.toThrow('The power went off');
    await expect(open('parrots')).rejects.toThrow('run npm run restore again');
    await expect(open('feeders')).rejects.toThrow('run npm run restore again');
    await restore(folder);
    expect(await present()).toEqual(before);
  });
});
