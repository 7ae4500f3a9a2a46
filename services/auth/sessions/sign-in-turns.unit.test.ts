import { describe, expect, it } from '@jest/globals';
import { SignInTurns } from './sign-in-turns.ts';

const MOST = 3;

describe('the maximum of running sign-ins of an account from one network', () => {
  it('E14: refuses another one from there, and none from another network', async () => {
    const turns = new SignInTurns();
    const { promise, resolve } = Promise.withResolvers<void>();
    const stranger = { network: '198.51.100.1', account: 'polly' };
    const flood = Array.from({ length: MOST }, () => turns.run(stranger, MOST, () => promise));
    await expect(turns.run(stranger, MOST, () => promise)).rejects.toMatchObject({
      type: 'too_many_requests',
    });
    const owner = { network: '203.0.113.1', account: 'polly' };
    await expect(turns.run(owner, MOST, async () => 'signed in')).resolves.toBe('signed in');
    resolve();
    await Promise.all(flood);
  });
});
