/** Retention of two tiny services on servers that others give. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nanos } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { createDurable } from '#mixins/consumer/durable.ts';
import { addressesOf } from '#mixins/database/address.ts';
import { type Client, withClient } from '#mixins/database/client.ts';
import { DatabaseLifecycle } from '#mixins/database/lifecycle.ts';
import { SILENT } from '#mixins/log.ts';
import { streamName } from '#mixins/names.ts';
import { causeOf, type OpenDatabase, storedIn, unpublished } from '#mixins/outbox/outbox.fixture.ts';
import { Relay } from '#mixins/outbox/relay.ts';
import type { Config } from '../../config.ts';
import { loadProducts } from '../../product.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { until } from '../../test/harness/wait.ts';
import { hatchParrot } from '../../test/toy/services/parrots/hatch-parrot.handler.ts';
import { migrationsFolder, provisionDatabases } from '../provision/databases.ts';
import { makeStreams } from '../provision/streams.ts';
import { type ArchivedPart, linesOf } from './archive.ts';
import { runRetention } from './run-retention.ts';

const TOY = fileURLToPath(new URL('../../test/toy/products/toy.ts', import.meta.url));
const ACK = { ackWaitMs: 30_000, maxAckPending: 1_000 };
/** NATS takes no limit of age that is below it. */
const DUPLICATES_MS = 100;
const BY = 'operator:mia@zoo';

let place: string;
let config: Config;
let bus: Bus;
let parrots: OpenDatabase;
let stream: string;
let lines: string[];

beforeEach(async () => {
  place = mkdtempSync(`${tmpdir()}/retention-test-`);
  lines = [];
  const toy = (await loadProducts(TOY)).get(TOY);
  if (toy === undefined) throw new Error('There is no toy product');
  const services = new Map([...toy.services].filter(([name]) => ['feeders', 'parrots'].includes(name)));
  config = testConfig({ product: { ...toy, services }, dataDir: `${place}/data` });
  await provisionDatabases({ config, print: () => undefined });
  await makeStreams({ config, print: () => undefined });
  bus = createBus(config);
  await bus.start();
  stream = streamName(config.namespace, 'parrots');
  const migrations = migrationsFolder(config.product, 'parrots');
  const lifecycle = new DatabaseLifecycle({ config, service: 'parrots', migrations, log: SILENT });
  parrots = Object.assign(await lifecycle.open(), { close: () => lifecycle.close() });
});
afterEach(async () => {
  await parrots.close();
  await bus.stop();
  await dropNamespace(config);
  rmSync(place, { recursive: true, force: true });
});

async function hatch(...names: string[]): Promise<void> {
  for (const name of names) await hatchParrot(parrots, name, causeOf(randomUUID()));
  const relay = new Relay({ database: parrots, bus, log: SILENT });
  while ((await unpublished(parrots)) > 0) await relay.pass();
  relay.close();
}

/** Reads events as the consumer of the feeders does. */
async function handle(count: number): Promise<void> {
  const consumer = await bus.jetstream.consumers.get(stream, 'feeders-parrots');
  for (let n = 0; n < count; n++) await (await consumer.next())?.ackAck();
}

/**
 * Two old parrots that were handled, and a young one that was not. Returns the time between them.
 */
async function oldAndYoung(): Promise<number> {
  await createDurable(bus, { stream, durable: 'feeders-parrots' }, ACK, 1);
  await hatch('Polly', 'Rio');
  await handle(2);
  const between = Date.now() + 1;
  await until(() => Date.now() > between + DUPLICATES_MS);
  await hatch('Young');
  return between;
}

/** Removes what is older than a time. A day is a millisecond here. */
async function retain(between: number, folder: string | null = `${place}/archives`): Promise<boolean> {
  const info = await bus.manager.streams.info(stream);
  await bus.manager.streams.update(stream, { ...info.config, duplicate_window: nanos(DUPLICATES_MS) });
  const days = Date.now() - between;
  const kept = { ...config, retentionStreamsDays: days, retentionDeadLettersDays: days };
  const print = (line: string) => void lines.push(line);
  return runRetention({ config: kept, folder, by: BY, print, dayMs: 1, marginMs: 0 });
}

const inStream = async () => (await storedIn(bus, 'parrots')).map(({ at }) => at);
const limits = async () => {
  const { max_age, description } = (await bus.manager.streams.info(stream)).config;
  return { max_age, description: description ?? '' };
};
const NO_LIMITS = { max_age: 0, description: '' };

interface Archive {
  readonly folder: string;
  readonly parts: readonly ArchivedPart[];
}

function onlyArchive(): Archive {
  const [name = ''] = readdirSync(`${place}/archives`);
  const folder = `${place}/archives/${name}`;
  return { folder, ...JSON.parse(readFileSync(`${folder}/manifest.json`, 'utf8')) };
}

async function readPart<Line>({ folder, parts }: Archive, what: string): Promise<Line[]> {
  const part = parts.find((each) => each.what === what);
  if (part === undefined) throw new Error(`The archive has no ${what}`);
  const read: Line[] = [];
  for await (const line of linesOf<Line>(folder, part)) read.push(line);
  return read;
}

const asFeeders = <Result>(work: (client: Client) => Promise<Result>) =>
  withClient(addressesOf(config, 'feeders').owner, work);

/** A dead letter of an event of the parrots' stream, or of an item of a loop. */
function addDeadLetter(name: string, status: string, sequence: number, of = stream): Promise<void> {
  return asFeeders((client) =>
    client.run(
      `INSERT INTO dead_letter (id, consumer, event_key, stream, stream_sequence, headers, payload, attempts, code, message, status, settled_at)
       VALUES (gen_random_uuid(), 'feeders-parrots', $1, $2, $3, '{}', '', 1, 'TypeError', 'A bug', $4,
         CASE WHEN $4 <> 'open' THEN now() - interval '1 hour' END)`,
      [name, of, sequence, status],
    ),
  );
}
const deadLetters = () =>
  asFeeders((client) =>
    client.rows<{ name: string }>('SELECT event_key AS name FROM dead_letter ORDER BY 1'),
  ).then((rows) => rows.map(({ name }) => name));

describe('old events that every consumer has handled', () => {
  it('KEEP-2: are archived, then removed; later events stay, and no limit', async () => {
    const between = await oldAndYoung();
    expect(await retain(between)).toBe(true);
    expect(lines[0]).toMatch(/^parrots: 2 events older than \d+ days$/);
    expect(await inStream()).toEqual([3]);
    expect(await limits()).toEqual(NO_LIMITS);

    const archive = onlyArchive();
    expect(await readPart(archive, 'events')).toMatchObject([
      { sequence: 1, subject: `${config.namespace}.parrots.parrot.hatched.v1` },
      { sequence: 2, headers: { 'ce-sequence': '1' }, data: expect.stringMatching(/./) },
    ]);
    const manifest = readFileSync(`${archive.folder}/manifest.json`);
    const sha256 = createHash('sha256').update(manifest).digest('hex');
    expect(readFileSync(`${archive.folder}/manifest.json.sha256`, 'utf8')).toBe(`${sha256}  manifest.json\n`);
    const [made] = await parrots.rows<{ actor_id: string; text: string }>(
      `SELECT actor_id, convert_from(payload, 'LATIN1') AS text FROM outbox WHERE type = 'parrots.intervention.made.v1'`,
    );
    expect(made?.actor_id).toBe(BY);
    expect(made?.text).toContain(sha256);
  });

  it('are read no more by a durable that begins anew, and the next run finds nothing', async () => {
    const between = await oldAndYoung();
    await retain(between);
    await createDurable(bus, { stream, durable: 'another' }, ACK, 1);
    expect((await bus.manager.consumers.info(stream, 'another')).num_pending).toBe(1);
    lines = [];
    expect(await retain(between)).toBe(true);
    expect(lines).toEqual([]);
    expect(readdirSync(`${place}/archives`)).toHaveLength(1);
  });

  it('KEEP-2: stay in a dry run, which says what would go', async () => {
    const between = await oldAndYoung();
    expect(await retain(between, null)).toBe(true);
    expect(lines).toEqual([expect.stringMatching(/^parrots: 2 events older than \d+ days$/)]);
    expect(await inStream()).toEqual([1, 2, 3]);
    expect(readdirSync(place)).toEqual([]);
  });

  it('stay if the archive can not be written', async () => {
    const between = await oldAndYoung();
    writeFileSync(`${place}/archives`, 'no folder');
    await expect(retain(between)).rejects.toThrow('EEXIST');
    expect(await inStream()).toEqual([1, 2, 3]);
    expect(await unpublished(parrots)).toBe(0);
  });

  it('stay without the setting', async () => {
    await oldAndYoung();
    const print = (line: string) => void lines.push(line);
    await runRetention({ config, folder: `${place}/archives`, by: BY, print, dayMs: 1 });
    expect(lines).toEqual(['Nothing is ever removed: no RETENTION_<WHAT>_DAYS is set']);
    expect(await inStream()).toEqual([1, 2, 3]);
  });
});

describe('a consumer that has not handled old events', () => {
  it('KEEP-3: keeps them all, and the command says so', async () => {
    const between = await oldAndYoung();
    await createDurable(bus, { stream, durable: 'slow' }, ACK, 1);
    expect(await retain(between)).toBe(false);
    expect(lines).toContain('  slow would lose events: it has handled 0 of 2');
    expect(await inStream()).toEqual([1, 2, 3]);
    expect(await limits()).toEqual(NO_LIMITS);
    expect(readdirSync(place)).toEqual([]);
  });
});

describe('a run that was killed while it removed events', () => {
  it('KEEP-2: has lost nothing, and leaves a limit that the next run lifts', async () => {
    const between = await oldAndYoung();
    const { config: settings } = await bus.manager.streams.info(stream);
    const [week, description] = [7 * 86_400_000, 'removing history; max_age was 0'];
    await bus.manager.streams.update(stream, { ...settings, description, max_age: nanos(week) });
    await retain(between, null);
    expect(await limits()).toEqual(NO_LIMITS);
    expect(await inStream()).toEqual([1, 2, 3]);
  });
});

describe('settled dead letters', () => {
  it('KEEP-2: go when their events have left the stream; others stay', async () => {
    await addDeadLetter('discarded', 'discarded', 1);
    await addDeadLetter('redriven', 'redriven', 2);
    await addDeadLetter('open', 'open', 1);
    await addDeadLetter('in the stream', 'discarded', 3);
    await addDeadLetter('item of a loop', 'discarded', 0, '');
    await addDeadLetter('redriven item of a loop', 'redriven', 0, '');
    const between = await oldAndYoung();
    await retain(between);
    const kept = ['discarded', 'in the stream', 'item of a loop', 'open', 'redriven'];
    expect(await deadLetters()).toEqual(kept);
    rmSync(`${place}/archives`, { recursive: true });
    await retain(between);
    expect(await deadLetters()).toEqual(['in the stream', 'item of a loop', 'open']);
    const archived = await readPart<{ row: { event_key: string; message: string } }>(
      onlyArchive(),
      'dead-letters',
    );
    expect(archived.map(({ row }) => row.event_key).sort()).toEqual(['discarded', 'redriven']);
    expect(archived[0]?.row.message).toBe('A bug');
  });
});
