import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import type { Bus } from '../bus/bus.ts';
import { createBus } from '../bus/nats-bus.ts';
import { BucketFollower } from './follow-bucket.ts';

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
  it('is read once, however often it is compared meanwhile', async () => {
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
    // Complete and equal: nothing to do.
    expect([await follower.compareOnce(), await follower.compareOnce()]).toEqual([false, false]);
    await follower.stop();
  });
});

describe('a follower that is stopped', () => {
  it('resolves its start, also when nothing could be read', async () => {
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
