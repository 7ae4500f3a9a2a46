import { describe, expect, it } from '@jest/globals';
import { Semaphore } from './semaphore.ts';

let now = 0;
const semaphoreFor = (maxRunning: number, maxWaiting: number) =>
  new Semaphore({ maxRunning, maxWaiting, maxWaitMs: 4_000 }, () => now);

/** Work that ends when it is told to. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: () => resolve() };
}

describe('a semaphore for two with one waiting', () => {
  it('lets the third begin when one of the first has ended, and refuses the fourth at once', async () => {
    const semaphore = semaphoreFor(2, 1);
    const [a, b] = [held(), held()];
    let begun = false;
    const running = [semaphore.run(a.work), semaphore.run(b.work)];
    const third = semaphore.run(async () => {
      begun = true;
    });
    await expect(semaphore.run(async () => {})).rejects.toMatchObject({
      type: 'service_unavailable',
      data: { retryAfter: 1 },
    });
    expect(begun).toBe(false);
    a.end();
    await third;
    b.end();
    await Promise.all(running);
  });

  it('is free again after work that failed', async () => {
    const semaphore = semaphoreFor(1, 0);
    for (let i = 0; i < 3; i++) {
      await expect(semaphore.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    }
    await expect(semaphore.run(async () => 7)).resolves.toBe(7);
  });
});

describe('a turn that comes too late', () => {
  it('is passed on to the next, and nothing runs for who has given up', async () => {
    const semaphore = semaphoreFor(1, 3);
    const first = held();
    const begun: string[] = [];
    const work = (name: string) => semaphore.run(async () => begun.push(name));
    const running = semaphore.run(first.work);
    const early = [work('a'), work('b')];
    now += 1;
    const late = work('c');
    now += 4_000;
    first.end();
    await running;
    for (const each of early) await expect(each).rejects.toMatchObject({ type: 'service_unavailable' });
    await late;
    expect(begun).toEqual(['c']);
  });
});
