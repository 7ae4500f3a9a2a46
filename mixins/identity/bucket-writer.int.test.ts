import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KV } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { until } from '../../test/harness/wait.ts';
import { type BucketEntry, BucketWriter, type EntrySource } from './bucket-writer.ts';
import { IDENTITY_BUCKET } from './identity.ts';

/** The table, in memory. */
class Rows implements EntrySource {
  readonly waiting = new Map<string, BucketEntry>();
  old: string[] = [];
  renewed = 0;
  failing = false;

  add(version: number, key = 'user.a'): void {
    this.waiting.set(key, { key, value: { version, active: true }, version });
  }
  async pending(limit: number) {
    if (this.failing) throw new Error('away');
    return [...this.waiting.values()].slice(0, limit);
  }
  async markPut(entries: readonly BucketEntry[]) {
    for (const { key, version } of entries) {
      if (this.waiting.get(key)?.version === version) this.waiting.delete(key);
    }
  }
  async expired() {
    return this.old;
  }
  async forget(keys: readonly string[]) {
    this.old = this.old.filter((key) => !keys.includes(key));
  }
  async renew() {
    this.renewed++;
  }
}

let config: Config;
let bus: Bus;
let kv: KV;
let rows: Rows;
let writer: BucketWriter;
const silent = { info() {}, warn() {} };
const versionIn = async (key = 'user.a') => (await kv.get(key))?.json<{ version: number }>().version;

beforeEach(async () => {
  config = testConfig();
  bus = createBus(config);
  await bus.start();
  kv = await bus.bucket(IDENTITY_BUCKET);
  rows = new Rows();
  writer = new BucketWriter(bus, rows, silent);
});

afterEach(async () => {
  await writer.stop();
  await bus.stop();
  await dropNamespace(config);
});

describe('rows that wait', () => {
  it('are put in bounded passes', async () => {
    for (let i = 0; i < 450; i++) rows.add(1, `user.${i}`);
    expect([
      await writer.runOnce(),
      await writer.runOnce(),
      await writer.runOnce(),
      await writer.runOnce(),
    ]).toEqual([200, 200, 50, 0]);
    expect(await versionIn('user.449')).toBe(1);
    expect(writer.settled).toBe(true);
  });

  it('A1: that can’t be put block no other entry, and no removal', async () => {
    rows.add(1, 'user.old');
    await writer.runOnce();
    rows.old = ['user.old'];
    rows.add(1, 'not a key');
    rows.add(1, 'user.b');
    await expect(writer.runOnce()).rejects.toThrow();
    expect(await versionIn('user.b')).toBe(1);
    expect(await kv.get('user.old')).toBeNull();
    // It is retried without limit, because a revocation must not be given up. The loop reports that
    // it makes no progress.
    expect([...rows.waiting.keys()]).toEqual(['not a key']);
    writer.start();
    await until(() => writer.loop.progress.state(performance.now()).is === 'waiting');
  });

  it('never replace newer entries, whichever writer comes last', async () => {
    rows.add(3);
    await writer.runOnce();
    const late = new Rows();
    late.add(2);
    expect(await new BucketWriter(bus, late, silent).runOnce()).toBe(1);
    expect(late.waiting.size).toBe(0);
    expect(await versionIn()).toBe(3);
  });

  it('result in the newest entry when many writers put at the same moment', async () => {
    const writers = Array.from({ length: 12 }, (_, i) => {
      const own = new Rows();
      own.add(i + 1);
      return new BucketWriter(bus, own, silent);
    });
    await Promise.all(writers.map((each) => each.runOnce()));
    expect(await versionIn()).toBe(12);
  });

  it('are put when the writer is woken, also after failures', async () => {
    writer.start();
    await until(() => writer.settled);
    rows.failing = true;
    rows.add(1);
    writer.wake();
    rows.failing = false;
    await until(async () => (await versionIn()) === 1);
    rows.add(2);
    writer.wake();
    await until(async () => (await versionIn()) === 2);
    expect(rows.renewed).toBe(1);
  });

  it('replace invalid and deleted entries', async () => {
    await kv.put('user.a', 'nonsense');
    await kv.put('user.b', '{}');
    await kv.delete('user.b');
    rows.add(1);
    rows.add(1, 'user.b');
    await writer.runOnce();
    expect([await versionIn(), await versionIn('user.b')]).toEqual([1, 1]);
  });
});

describe('a bucket that may have lost its tail', () => {
  it('AUTH-4: gets everything again, even if the connection is lost again meanwhile, or the database is away', async () => {
    const reconnects: (() => void)[] = [];
    const ours = new BucketWriter(
      {
        ...bus,
        connected: true,
        bucket: async () => kv,
        onReconnect(action) {
          reconnects.push(action);
          return () => {};
        },
      } as Bus,
      rows,
      silent,
    );
    rows.renew = async () => {
      rows.renewed++;
      if (rows.renewed === 1) throw new Error('away');
      if (rows.renewed === 2) reconnects[0]?.();
      if (rows.renewed === 3) rows.add(1);
    };
    ours.start();
    await until(async () => (await versionIn()) === 1);
    expect(rows.renewed).toBe(3);
    await ours.stop();
  });
});

describe('rows that have expired', () => {
  it('are removed from the bucket completely, and no others are', async () => {
    await kv.put('session.a', '{"revoked":true}');
    await kv.put('session.ab', '{"revoked":true}');
    rows.old = ['session.a'];
    await writer.runOnce();
    expect(await kv.get('session.a')).toBeNull();
    expect(await kv.get('session.ab')).not.toBeNull();
    expect(rows.old).toEqual([]);
  });
});
