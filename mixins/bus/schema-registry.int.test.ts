import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type KV, type NatsConnection } from 'nats';
import { fingerprintOf } from '#schemas/avro.ts';
import type { EventContract } from '#schemas/event.ts';
import { loadEventContracts } from '#schemas/load.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { SchemaRegistry, UnknownFingerprint } from './schema-registry.ts';

const config = testConfig();
let connection: NatsConnection;
let bucket: KV;

const openBucket = () => connection.jetstream().views.kv(`${config.namespace}_schemas`);

beforeAll(async () => {
  const url = new URL(config.natsUrls[0] ?? '');
  connection = await connect({ servers: url.host, user: url.username, pass: url.password });
  bucket = await openBucket();
});
afterAll(async () => {
  await connection.close();
  await dropNamespace(config);
});

const registry = () => new SchemaRegistry(openBucket);

const sample = (name: string): EventContract => ({
  type: 'x.sample.made.v1',
  aggregate: 'x',
  schema: { type: 'record', name: `x.${name}`, fields: [{ name: 'at', type: 'long' }] },
});

describe('a registered schema', () => {
  it('is found by every node, whole', async () => {
    const contracts = await loadEventContracts();
    await Promise.all([registry().register(contracts), registry().register(contracts)]);
    const reader = registry();
    for (const contract of contracts) {
      expect(await reader.writerSchema(fingerprintOf(contract))).toEqual(contract.schema);
    }
  });

  it('is requested once, and is the same object each time', async () => {
    const contract = sample('Once');
    await registry().register([contract]);
    let opened = 0;
    const reader = new SchemaRegistry(() => {
      opened += 1;
      return openBucket();
    });
    const [first, second] = await Promise.all([
      reader.writerSchema(fingerprintOf(contract)),
      reader.writerSchema(fingerprintOf(contract)),
    ]);
    expect(second).toBe(first);
    await bucket.delete(fingerprintOf(contract));
    expect(await reader.writerSchema(fingerprintOf(contract))).toBe(first);
    expect(opened).toBe(1);
  });

  it('does not change when it is registered again', async () => {
    const contract = sample('Again');
    const key = fingerprintOf(contract);
    await registry().register([contract]);
    const before = await bucket.get(key);
    await registry().register([contract]);
    expect((await bucket.get(key))?.revision).toBe(before?.revision);
  });

  it('is written again when the bucket has lost it', async () => {
    const contract = sample('Lost');
    const writer = registry();
    await writer.register([contract]);
    await bucket.purge(fingerprintOf(contract));
    await writer.register([contract]);
    expect(await registry().writerSchema(fingerprintOf(contract))).toEqual(contract.schema);
  });
});

describe('a bucket that was deleted while the connection was up', () => {
  it('is opened again by the next registration, and by the next look-up', async () => {
    const [writer, reader] = [registry(), registry()];
    await writer.register([sample('Before')]);
    await reader.writerSchema(fingerprintOf(sample('Before')));
    const manager = await connection.jetstreamManager();
    await manager.streams.delete(`KV_${config.namespace}_schemas`);
    const contract = sample('After');
    // One pass of the relay fails, the next one does not.
    await writer.register([contract]).catch(() => {});
    await writer.register([contract]);
    expect(await reader.writerSchema(fingerprintOf(contract))).toEqual(contract.schema);
    await manager.streams.delete(`KV_${config.namespace}_schemas`);
    const asking = () => reader.writerSchema(fingerprintOf(sample('Never')));
    await asking().catch(() => {});
    await expect(asking()).rejects.toMatchObject({ answered: true });
    bucket = await openBucket();
  });
});

describe('a fingerprint that cannot be looked up', () => {
  it('causes a retry, and is found once the schema is there', async () => {
    const contract = sample('Late');
    const reader = registry();
    const missing = reader.writerSchema(fingerprintOf(contract));
    await expect(missing).rejects.toThrow(UnknownFingerprint);
    await expect(missing).rejects.toMatchObject({ retryable: true, fingerprint: fingerprintOf(contract) });
    await registry().register([contract]);
    expect(await reader.writerSchema(fingerprintOf(contract))).toEqual(contract.schema);
  });

  it('is not resolved to a schema with another fingerprint, or to a damaged one', async () => {
    const forged = fingerprintOf(sample('Forged'));
    await bucket.put(forged, JSON.stringify(sample('Other').schema));
    await expect(registry().writerSchema(forged)).rejects.toThrow(UnknownFingerprint);
    for (const damage of ['{', '"string', '{"type":"record"}', '']) {
      await bucket.put(forged, damage);
      await expect(registry().writerSchema(forged)).rejects.toThrow(UnknownFingerprint);
    }
  });

  it('causes a retry while the registry is away, and is found afterwards', async () => {
    const contract = sample('Away');
    await registry().register([contract]);
    let away = true;
    const reader = new SchemaRegistry(async () => {
      if (away) throw new Error('CONNECTION_CLOSED');
      return bucket;
    });
    await expect(reader.writerSchema(fingerprintOf(contract))).rejects.toThrow(UnknownFingerprint);
    away = false;
    expect(await reader.writerSchema(fingerprintOf(contract))).toEqual(contract.schema);
  });
});
