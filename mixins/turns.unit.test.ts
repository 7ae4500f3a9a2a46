import { describe, expect, it } from '@jest/globals';
import { KeyedTurns } from './turns.ts';

describe('turns of one key', () => {
  it('E14: run one after the other, also after failed work, and delay no other key', async () => {
    const lines = new KeyedTurns(1);
    const done: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = lines.run('polly', async () => {
      await promise;
      done.push('first');
      throw new Error('no');
    });
    const second = lines.run('polly', async () => done.push('second'));
    await lines.run('dolly', async () => done.push('other'));
    expect(done).toEqual(['other']);
    resolve();
    await expect(first).rejects.toThrow('no');
    await second;
    await lines.run('polly', async () => done.push('third'));
    expect(done).toEqual(['other', 'first', 'second', 'third']);
  });
});
