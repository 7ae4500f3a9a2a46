import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { SILENT } from '#mixins/log.ts';
import { Loops } from '#mixins/loops/loops.ts';
import type { Rebuilder } from './rebuild.handler.ts';
import { rebuildLoop } from './rebuild.worker.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it('a rebuild under way is looked at twice a second, however often its loop was woken', async () => {
  let looks = 0;
  const rebuilder = {
    isReading: true,
    async runOnce() {
      looks++;
    },
  };
  const loops = new Loops({ service: 'analytics', log: SILENT });
  const loop = rebuildLoop(rebuilder as Partial<Rebuilder> as Rebuilder, loops, SILENT);
  loop.start();
  for (let n = 0; n < 8; n++) {
    await jest.advanceTimersByTimeAsync(20);
    loop.wake();
  }
  await jest.advanceTimersByTimeAsync(20);
  const before = looks;
  await jest.advanceTimersByTimeAsync(2_000);
  expect(looks - before).toBe(4);
  jest.useRealTimers();
  await loops.stop();
});
