import { describe, expect, it } from '@jest/globals';
import { until } from '../../../test/harness/wait.ts';
import { Pauses } from './pauses.worker.ts';

describe('a process', () => {
  it('C7: that was frozen cannot date the data that it reads next, and soon can again', async () => {
    const pauses = new Pauses();
    pauses.start();
    const stoodStillMs = 400;
    const from = performance.now();
    while (performance.now() - from < stoodStillMs);
    expect(pauses.maxWaitMs).toBeGreaterThanOrEqual(stoodStillMs);
    // Earlier data is read in the next turns of the event loop: the first check must not forget the
    // pause.
    await new Promise(setImmediate);
    expect(pauses.maxWaitMs).toBeGreaterThanOrEqual(stoodStillMs);
    await until(() => pauses.maxWaitMs < stoodStillMs);
    pauses.stop();
  });
});
