import { describe, expect, it } from '@jest/globals';
import { until } from '../test/harness/wait.ts';
import { Freshness } from './freshness.ts';

const NEVER = 3_600_000;

/** A connection whose pings the test answers. */
function connection() {
  const pings: PromiseWithResolvers<void>[] = [];
  const ping = () => {
    const asked = Promise.withResolvers<void>();
    pings.push(asked);
    return asked.promise;
  };
  const next = async (count: number) => {
    await until(() => pings.length === count);
    return { ping: pings[count - 1] as PromiseWithResolvers<void>, sentAt: performance.now() };
  };
  return { ping, next, pings };
}

const atLeast = (ms: number, { maxAgeMs }: Freshness) => maxAgeMs >= ms;

describe('the age of a message of a connection', () => {
  it('C7: is at most the age of the connection, then at most that of the last ping with an answer', async () => {
    const from = performance.now();
    const { ping, next, pings } = connection();
    const freshness = new Freshness();
    void freshness.follow(ping);
    const first = await next(1);
    const sinceFirst = () => performance.now() - first.sentAt;
    expect(atLeast(sinceFirst(), freshness)).toBe(true);
    expect(freshness.maxAgeMs <= performance.now() - from).toBe(true);
    first.ping.resolve();
    const second = await next(2);
    // The second is under way: what arrives before its answer may be as old as the first.
    expect(atLeast(sinceFirst(), freshness)).toBe(true);
    expect(pings).toHaveLength(2);
    second.ping.resolve();
    const third = await next(3);
    expect(freshness.maxAgeMs < sinceFirst()).toBe(true);
    // A lost connection answers nothing; the age goes on.
    third.ping.reject(new Error('lost'));
    const fourth = await next(4);
    expect(atLeast(performance.now() - third.sentAt, freshness)).toBe(true);
    freshness.stop();
    fourth.ping.resolve();
  });

  it('C7: is asked for soon while messages arrive, and after a ping without an answer', async () => {
    const { ping, next } = connection();
    const freshness = new Freshness({ busyMs: 1, idleMs: NEVER });
    void freshness.follow(ping);
    const first = await next(1);
    expect(freshness.maxAgeMs).toBeGreaterThanOrEqual(0);
    first.ping.resolve();
    const second = await next(2);
    second.ping.reject(new Error('lost'));
    const third = await next(3);
    freshness.stop();
    third.ping.resolve();
  });
});
