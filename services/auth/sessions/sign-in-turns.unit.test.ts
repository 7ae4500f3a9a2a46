import { describe, expect, it } from '@jest/globals';
import { SignInTurns } from './sign-in-turns.ts';

const MOST = 3;
const POLLY = { network: '198.51.100.1', account: 'polly' };
const nothing = async () => {};

describe('the maximum of running sign-ins of an account from one network', () => {
  it('E14: refuses another one from there, and none from another network', async () => {
    const turns = new SignInTurns(MOST);
    const { promise, resolve } = Promise.withResolvers<void>();
    const flood = Array.from({ length: MOST }, () => turns.run(POLLY, () => promise));
    await expect(turns.run(POLLY, () => promise)).rejects.toMatchObject({
      type: 'too_many_requests',
    });
    const owner = { network: '203.0.113.1', account: 'polly' };
    await expect(turns.run(owner, async () => 'signed in')).resolves.toBe('signed in');
    resolve();
    await Promise.all(flood);
  });
});

describe('two running sign-ins of an account', () => {
  it('E14: prevent a third, and none of another account', async () => {
    const turns = new SignInTurns(2);
    const { promise, resolve } = Promise.withResolvers<void>();
    const running = [1, 2].map(() => turns.run(POLLY, () => promise));
    await expect(turns.run(POLLY, nothing)).rejects.toMatchObject({
      type: 'too_many_requests',
      data: { retryAfter: 1 },
    });
    await turns.run({ ...POLLY, account: 'dolly' }, nothing);
    resolve();
    await Promise.all(running);
    await turns.run(POLLY, nothing);
  });

  it('free their places even when they fail', async () => {
    const turns = new SignInTurns(1);
    for (let i = 0; i < 3; i++) {
      await expect(turns.run(POLLY, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    }
  });
});
