import { describe, expect, it } from '@jest/globals';
import { FairTurns } from './fair-turns.ts';

let now = 0;
const turnsFor = (maxRunning: number, maxWaiting: number, maxWaitingOfNetwork = maxWaiting) =>
  new FairTurns({ maxRunning, maxWaiting, maxWaitingOfNetwork, maxWaitMs: 4_000 }, () => now);
const polly = { network: 'home', account: 'polly' };

/** Work that runs until the test ends it. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: () => resolve() };
}

describe('turns for two with one waiting', () => {
  it('let the third begin when one of the first two has ended, and refuse the fourth at once', async () => {
    const turns = turnsFor(2, 1);
    const [a, b] = [held(), held()];
    let begun = false;
    const running = [turns.run(polly, a.work), turns.run(polly, b.work)];
    const third = turns.run(polly, async () => {
      begun = true;
    });
    await expect(turns.run(polly, async () => {})).rejects.toMatchObject({
      type: 'service_unavailable',
      data: { retryAfter: 1 },
    });
    expect(begun).toBe(false);
    a.end();
    await third;
    b.end();
    await Promise.all(running);
  });

  it('are free again after failed work', async () => {
    const turns = turnsFor(1, 0);
    for (let i = 0; i < 3; i++) {
      await expect(turns.run(polly, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    }
    await expect(turns.run(polly, async () => 7)).resolves.toBe(7);
  });
});

describe('a turn that comes too late', () => {
  it('is given to the next caller, and the work of a caller that gave up does not run', async () => {
    const turns = turnsFor(1, 3);
    const first = held();
    const begun: string[] = [];
    const work = (name: string) => turns.run(polly, async () => begun.push(name));
    const running = turns.run(polly, first.work);
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

describe('waiting work of several accounts and networks', () => {
  /**
   * The order in which the work starts, given the order in which it was queued, such as
   * `home/polly`.
   */
  async function orderOf(asked: readonly string[]): Promise<string[]> {
    const turns = turnsFor(1, 100);
    const first = held();
    const running = turns.run(polly, first.work);
    const begun: string[] = [];
    const waiting = asked.map((name) => {
      const [network = '', account = ''] = name.split('/');
      return turns.run({ network, account }, async () => void begun.push(name));
    });
    first.end();
    await Promise.all([running, ...waiting]);
    return begun;
  }

  it('E14: begins in turns of accounts, so that a flood of one account delays others by one turn', async () => {
    expect(await orderOf(['a/p', 'a/p', 'a/p', 'a/q', 'a/r', 'a/q'])).toEqual([
      'a/p',
      'a/q',
      'a/r',
      'a/p',
      'a/q',
      'a/p',
    ]);
  });

  it('E14: begins in turns of networks, however many accounts one of them tries', async () => {
    expect(await orderOf(['a/p', 'a/q', 'a/r', 'b/p', 'b/s'])).toEqual(['a/p', 'b/p', 'a/q', 'b/s', 'a/r']);
  });

  it('E14: leaves places for others if one network has used its share', async () => {
    const turns = turnsFor(1, 3, 2);
    const first = held();
    const running = [turns.run(polly, first.work)];
    for (const account of ['p', 'q']) running.push(turns.run({ network: 'a', account }, async () => {}));
    await expect(turns.run({ network: 'a', account: 'r' }, async () => {})).rejects.toMatchObject({
      type: 'service_unavailable',
    });
    running.push(turns.run({ network: 'b', account: 'p' }, async () => {}));
    first.end();
    await Promise.all(running);
  });
});
