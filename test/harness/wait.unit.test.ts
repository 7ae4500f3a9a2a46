import { describe, expect, it } from '@jest/globals';
import { until } from './wait.ts';

describe('a condition that comes true', () => {
  it('gives its value', async () => {
    let looks = 0;
    expect(await until(() => ++looks === 3 && 'there')).toBe('there');
  });

  it('may throw before', async () => {
    let looks = 0;
    const answer = await until(() => {
      looks += 1;
      if (looks < 3) throw new Error('not yet');
      return looks;
    });
    expect(answer).toBe(3);
  });
});

describe('a condition that stays false', () => {
  it('fails at its deadline, with the last error as the cause', async () => {
    const never = until(
      () => {
        throw new Error('refused');
      },
      { within: 30, every: 5, what: 'the moon' },
    );
    await expect(never).rejects.toMatchObject({
      message: expect.stringMatching(/^Not within \d+ ms: the moon$/),
      cause: { message: 'refused' },
    });
  });
});
