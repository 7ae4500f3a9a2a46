import { describe, expect, it } from '@jest/globals';
import { until } from '../test/harness/wait.ts';
import { CallScope, currentScope, runInScope } from './call-scope.ts';
import { Loop } from './loop.ts';

const NEVER_MS = 3_600_000;

describe('a loop', () => {
  it('runs on while there is more, then waits until it is woken', async () => {
    let work = 3;
    let passes = 0;
    const runOnce = async () => {
      passes++;
      return work-- > 0;
    };
    const loop = new Loop({ name: 'toys', runOnce, onError: () => {}, pollMs: NEVER_MS });
    loop.start();
    await until(async () => passes === 4);
    work = 1;
    loop.wake();
    await until(async () => passes === 6);
    await loop.stop();
    expect(passes).toBe(6);
  });

  it('C7: goes on when the call that started or woke it has ended', async () => {
    const scopes: unknown[] = [];
    const loop = new Loop({
      name: 'test',
      runOnce: async () => scopes.push(currentScope()) < 2,
      onError: () => {},
      pollMs: NEVER_MS,
    });
    const scope = new CallScope(performance.now() + NEVER_MS);
    runInScope(scope, () => loop.start());
    await until(async () => scopes.length === 2);
    runInScope(scope, () => loop.wake());
    await until(async () => scopes.length === 3);
    await loop.stop();
    expect(scopes).toEqual([undefined, undefined, undefined]);
  });

  it('does not lose a wake that comes in the middle of a pass', async () => {
    let passes = 0;
    const loop = new Loop({
      name: 'toys',
      runOnce: async () => {
        passes++;
        if (passes === 1) loop.wake();
        return false;
      },
      onError: () => {},
      pollMs: NEVER_MS,
    });
    loop.start();
    await until(async () => passes === 2);
    await loop.stop();
  });

  it('looks by itself after a while', async () => {
    let passes = 0;
    const loop = new Loop({
      name: 'toys',
      runOnce: async () => {
        passes++;
        return false;
      },
      onError: () => {},
      pollMs: 5,
    });
    loop.start();
    await until(async () => passes > 2);
    await loop.stop();
  });

  it('goes on after a failure, and tells of it', async () => {
    const errors: unknown[] = [];
    let passes = 0;
    const loop = new Loop({
      name: 'toys',
      runOnce: async () => {
        passes++;
        if (passes < 3) throw new Error(passes === 1 ? 'one' : 'another');
        return false;
      },
      onError: (error) => errors.push(error),
      pollMs: NEVER_MS,
    });
    loop.start();
    await until(async () => passes === 3);
    await loop.stop();
    expect(errors).toEqual([new Error('one'), new Error('another')]);
  });

  it('G26: tells once of failures that take turns, and differ in numbers only', async () => {
    const told: string[] = [];
    let passes = 0;
    const loop = new Loop({
      name: 'loop',
      runOnce: async () => {
        passes++;
        throw new Error(passes % 2 === 0 ? 'timeout expired' : `port ${passes} is closed`);
      },
      onError: (error) => told.push(String(error)),
    });
    loop.start();
    await until(async () => passes > 5);
    await loop.stop();
    expect(told).toEqual(['Error: port 1 is closed', 'Error: timeout expired']);
  });

  it('tells once of a failure that stays the same, and again when it is back after a pass that did not fail', async () => {
    const told: string[] = [];
    const fates = ['away', 'away', 'away', 'fine', 'away', 'away', 'fine'];
    let passes = 0;
    const loop = new Loop({
      name: 'toys',
      runOnce: async () => {
        const fate = fates[passes++];
        if (fate === 'away') throw new Error(fate);
        return fate !== undefined;
      },
      onError: (error) => told.push(String(error)),
      pollMs: NEVER_MS,
    });
    loop.start();
    await until(async () => passes > fates.length);
    await loop.stop();
    expect(told).toEqual(['Error: away', 'Error: away']);
  });

  it('stops after the pass that is under way', async () => {
    const gate = Promise.withResolvers<boolean>();
    let finished = false;
    const loop = new Loop({
      name: 'toys',
      runOnce: async () => {
        const more = await gate.promise;
        finished = true;
        return more;
      },
      onError: () => {},
    });
    loop.start();
    const stopped = loop.stop();
    gate.resolve(true);
    await stopped;
    expect(finished).toBe(true);
  });
});
