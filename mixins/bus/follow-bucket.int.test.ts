import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Empty, headers as natsHeaders } from 'nats';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { until } from '../../test/harness/wait.ts';
import type { Bus } from './bus.ts';
import { BucketFollower } from './follow-bucket.ts';
import { createBus } from './nats-bus.ts';

let config: Config;
let bus: Bus;

beforeEach(async () => {
  config = testConfig();
  bus = createBus(config);
  await bus.start();
});

afterEach(async () => {
  await bus.stop();
  await dropNamespace(config);
});

describe('a bucket that takes long to read', () => {
  it('is read once, even if it is compared several times meanwhile', async () => {
    const kv = await bus.bucket('long');
    for (let i = 0; i < 40; i++) await kv.put(`key.${i}`, `${i}`);
    const applied: string[] = [];
    let restarts = 0;
    const follower: BucketFollower = new BucketFollower(bus, 'long', {
      async apply(entry) {
        applied.push(entry.key);
        if (await follower.compareOnce()) restarts++;
      },
      onError(error) {
        throw error;
      },
    });
    await follower.start();
    expect(restarts).toBe(0);
    expect(applied).toHaveLength(40);
    // The reading is complete and up to date.
    expect([await follower.compareOnce(), await follower.compareOnce()]).toEqual([false, false]);
    await follower.stop();
  });
});

describe('a bucket with entries that look like messages of the server', () => {
  it.each([
    [404, 'No Messages'],
    [409, 'Consumer Deleted'],
    [100, 'Idle Heartbeat'],
    [100, 'FlowControl Request'],
  ])('F17, F18: is read to its end, and followed (%i %s)', async (code, description) => {
    const kv = await bus.bucket('long');
    await kv.put('before', '1');
    const status = natsHeaders(code, description);
    status.set('Nats-Consumer-Stalled', `${config.namespace}.forged`);
    const forged: string[] = [];
    const heard = bus.connection.subscribe(`${config.namespace}.forged`, {
      callback: (_, message) => void forged.push(message.subject),
    });
    const write = () =>
      bus.jetstream.publish(`$KV.${config.namespace}_long.forged`, Empty, { headers: status });
    await write();
    await kv.put('after', '2');
    const applied: string[] = [];
    const errors: unknown[] = [];
    const follower = new BucketFollower(bus, 'long', {
      apply: async (entry) => void applied.push(`${entry.key} ${entry.operation} ${entry.string()}`),
      onError: (error) => void errors.push(error),
    });
    await follower.start();
    expect(applied).toEqual(['before PUT 1', 'forged PUT ', 'after PUT 2']);
    await write();
    await kv.delete('before');
    await until(() => applied.length === 5);
    expect(applied.slice(3)).toEqual(['forged PUT ', 'before DEL ']);
    expect([errors, forged]).toEqual([[], []]);
    heard.unsubscribe();
    await follower.stop();
  });
});

describe('an empty bucket', () => {
  it('is read at once, and followed', async () => {
    const kv = await bus.bucket('long');
    const applied: string[] = [];
    const follower = new BucketFollower(bus, 'long', {
      apply: async ({ key }) => void applied.push(key),
      onError(error) {
        throw error;
      },
    });
    await follower.start();
    await kv.put('first', '1');
    await until(() => applied.length === 1);
    await follower.stop();
  });
});

describe('a follower that is stopped', () => {
  it('resolves its start, even if nothing could be read', async () => {
    const away = { ...bus, bucket: () => Promise.reject(new Error('away')), onReconnect: () => () => {} };
    const follower = new BucketFollower(away as unknown as Bus, 'long', {
      apply: async () => {},
      onError() {},
    });
    const started = follower.start();
    await follower.stop();
    await started;
  });
});
