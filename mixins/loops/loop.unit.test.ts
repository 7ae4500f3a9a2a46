import { describe, expect, it, jest } from '@jest/globals';
import { CallScope, currentScope, runInScope } from '#mixins/call-scope.ts';
import { Outage } from '#mixins/outage.ts';
import { until } from '../../test/harness/wait.ts';
import { Loop, type LoopOptions } from './loop.ts';

const NEVER_MS = 3_600_000;

/** A loop that never finds work, and how many passes it has made. */
function idling(options: Pick<LoopOptions, 'pollMs'> = {}) {
  let count = 0;
  const runOnce = async () => {
    count++;
    return false;
  };
  return { loop: new Loop({ name: 'toys', runOnce, ...options }), passes: () => count };
}

describe('a loop', () => {
  it('runs as long as there is more work, then waits until it is woken', async () => {
    let work = 3;
    let passes = 0;
    const runOnce = async () => {
      passes++;
      return work-- > 0;
    };
    const loop = new Loop({ name: 'toys', runOnce, pollMs: NEVER_MS });
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

  it('does not lose a wake during a pass', async () => {
    let passes = 0;
    const loop = new Loop({
      name: 'toys',
      runOnce: async () => {
        passes++;
        if (passes === 1) loop.wake();
        return false;
      },
      pollMs: NEVER_MS,
    });
    loop.start();
    await until(async () => passes === 2);
    await loop.stop();
  });

  it('polls by itself after a while', async () => {
    const { loop, passes } = idling({ pollMs: 5 });
    loop.start();
    await until(async () => passes() > 2);
    await loop.stop();
  });

  it('polls ever more rarely while it finds nothing, and begins anew when it is woken', async () => {
    jest.useFakeTimers();
    const { loop, passes } = idling();
    const passesAfter = async (seconds: number) => {
      const before = passes();
      await jest.advanceTimersByTimeAsync(seconds * 1_000);
      return passes() - before;
    };
    try {
      loop.start();
      for (const pause of [1, 2, 4, 5, 5]) {
        expect(await passesAfter(pause - 0.01)).toBe(0);
        expect(await passesAfter(0.01)).toBe(1);
      }
      loop.wake();
      expect(await passesAfter(0.01)).toBe(1);
      expect(await passesAfter(1)).toBe(1);
    } finally {
      jest.useRealTimers();
      await loop.stop();
    }
  });

  it('runs again when its last pass says so, however often it was woken', async () => {
    jest.useFakeTimers();
    let passes = 0;
    const runOnce = async () => {
      passes++;
      return { againMs: 500 };
    };
    const loop = new Loop({ name: 'toys', runOnce, pollMs: NEVER_MS });
    try {
      loop.start();
      for (let n = 0; n < 8; n++) {
        await jest.advanceTimersByTimeAsync(20);
        loop.wake();
      }
      await jest.advanceTimersByTimeAsync(20);
      const before = passes;
      await jest.advanceTimersByTimeAsync(2_000);
      expect(passes - before).toBe(4);
      expect(loop.progress.state(performance.now())).toEqual({ is: 'idle' });
    } finally {
      jest.useRealTimers();
      await loop.stop();
    }
  });

  it('G26: goes on after failures, and logs when they begin and when they are over', async () => {
    const lines: string[] = [];
    const log = { info: (text: string) => lines.push(text), warn: (text: string) => lines.push(text) };
    const fates = ['port 1 is closed', 'timeout expired', 'port 2 is closed', 'fine', 'fine'];
    let passes = 0;
    const loop = new Loop({
      name: 'toys',
      runOnce: async () => {
        const fate = fates[passes++];
        if (fate !== undefined && fate !== 'fine') throw new Error(fate);
        return fate !== undefined;
      },
      outage: new Outage('No toys can be made', log, () => 0),
      pollMs: NEVER_MS,
    });
    loop.start();
    await until(async () => passes > fates.length);
    await loop.stop();
    expect(lines).toEqual([
      'No toys can be made: port 1 is closed',
      'No toys can be made: timeout expired',
      'No toys can be made: over after 0 s',
    ]);
  });

  it('stops after the running pass', async () => {
    const gate = Promise.withResolvers<boolean>();
    let finished = false;
    const loop = new Loop({
      name: 'toys',
      runOnce: async () => {
        const more = await gate.promise;
        finished = true;
        return more;
      },
    });
    loop.start();
    const stopped = loop.stop();
    gate.resolve(true);
    await stopped;
    expect(finished).toBe(true);
  });
});
