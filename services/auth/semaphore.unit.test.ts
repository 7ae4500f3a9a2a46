import { describe, expect, it } from '@jest/globals';
import { Semaphore } from './semaphore.ts';

/** Work that ends when it is told to. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: () => resolve() };
}

describe('a semaphore for two with one waiting', () => {
  it('lets the third begin when one of the first has ended, and refuses the fourth at once', async () => {
    const semaphore = new Semaphore(2, 1, 10_000);
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
    const semaphore = new Semaphore(1, 0, 10_000);
    for (let i = 0; i < 3; i++) {
      await expect(semaphore.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    }
    await expect(semaphore.run(async () => 7)).resolves.toBe(7);
  });
});

describe('a turn that comes too late', () => {
  it('is passed on to the next, and nothing runs for who has given up', async () => {
    const semaphore = new Semaphore(1, 2, -1);
    let begun = 0;
    const work = async () => {
      begun++;
    };
    const results = await Promise.allSettled([1, 2, 3].map(() => semaphore.run(work)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(begun).toBe(0);
  });
});
