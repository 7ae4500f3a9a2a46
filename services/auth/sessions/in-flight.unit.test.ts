import { describe, expect, it } from '@jest/globals';
import { InFlight } from './sign-in-turns.ts';

const nothing = async () => {};

describe('two running calls of a key', () => {
  it('E14: prevent a third, and none of another key', async () => {
    const inFlight = new InFlight();
    const { promise, resolve } = Promise.withResolvers<void>();
    const running = [1, 2].map(() => inFlight.run('polly', 2, () => promise));
    await expect(inFlight.run('polly', 2, nothing)).rejects.toMatchObject({
      type: 'too_many_requests',
      data: { retryAfter: 1 },
    });
    await inFlight.run('dolly', 2, nothing);
    resolve();
    await Promise.all(running);
    await inFlight.run('polly', 2, nothing);
  });

  it('free their places even when they fail', async () => {
    const inFlight = new InFlight();
    for (let i = 0; i < 3; i++) {
      await expect(inFlight.run('polly', 1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    }
  });
});
