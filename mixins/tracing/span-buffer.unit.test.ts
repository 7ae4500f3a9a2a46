import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CallScope, currentScope, runInScope } from '#mixins/call-scope.ts';
import { SpanBuffer } from './span-buffer.ts';

const settings = { maxSpans: 6, batchSpans: 3, delayMs: 1_000 };

/** A collector whose answers the test gives. */
function makeBuffer() {
  const sent: number[][] = [];
  const answers: { resolve(): void; reject(error: Error): void }[] = [];
  const outcomes: unknown[] = [];
  const scopes: unknown[] = [];
  const buffer = new SpanBuffer<number>({
    send: (batch) => {
      sent.push([...batch]);
      scopes.push(currentScope());
      return new Promise((resolve, reject) => answers.push({ resolve, reject }));
    },
    onSent: (error) => outcomes.push(error),
    settings,
  });
  const add = (...items: number[]) => {
    for (const item of items) buffer.add(item);
  };
  const answer = async (error?: Error) => {
    const next = answers.shift();
    if (error === undefined) next?.resolve();
    else next?.reject(error);
    await jest.advanceTimersByTimeAsync(0);
  };
  return { buffer, sent, outcomes, scopes, add, answer };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('spans that end', () => {
  it('are sent together after a moment', async () => {
    const { buffer, sent, outcomes, add, answer } = makeBuffer();
    add(1, 2);
    await jest.advanceTimersByTimeAsync(settings.delayMs - 1);
    expect(sent).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([[1, 2]]);
    await answer();
    expect(outcomes).toEqual([undefined]);
    expect(buffer.counts).toEqual({ exported: 2, overflowed: 0, refused: 0 });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('are sent at once where they fill a batch, one batch at a time', async () => {
    const { sent, add, answer } = makeBuffer();
    add(1, 2, 3, 4, 5, 6, 7);
    expect(sent).toEqual([[1, 2, 3]]);
    await answer();
    expect(sent).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    await answer();
    await jest.advanceTimersByTimeAsync(settings.delayMs);
    expect(sent.at(-1)).toEqual([7]);
  });

  it('are sent outside of the request that filled the batch', () => {
    const { scopes, add } = makeBuffer();
    runInScope(new CallScope(performance.now()), () => add(1, 2, 3));
    expect(scopes).toEqual([undefined]);
  });
});

describe('a collector that is away', () => {
  it('makes spans drop where there is no room, and they are counted', async () => {
    const { buffer, sent, add, answer } = makeBuffer();
    add(1, 2, 3);
    add(4, 5, 6, 7, 8, 9, 10, 11);
    expect(buffer.counts).toEqual({ exported: 0, overflowed: 2, refused: 0 });
    await answer();
    await answer();
    await answer();
    expect(sent.flat()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(buffer.counts).toEqual({ exported: 9, overflowed: 2, refused: 0 });
  });

  it('loses the batch that it did not take, and gets the next ones', async () => {
    const { buffer, sent, outcomes, add, answer } = makeBuffer();
    const error = new Error('refused');
    add(1, 2, 3, 4);
    await answer(error);
    expect(outcomes).toEqual([error]);
    await jest.advanceTimersByTimeAsync(settings.delayMs);
    await answer();
    expect(sent).toEqual([[1, 2, 3], [4]]);
    expect(buffer.counts).toEqual({ exported: 1, overflowed: 0, refused: 3 });
  });
});

describe('a node that stops', () => {
  it('sends what is left', async () => {
    const { buffer, sent, add, answer } = makeBuffer();
    add(1, 2, 3, 4);
    const stopped = buffer.stop(2_000);
    await answer();
    await answer();
    await stopped;
    expect(sent).toEqual([[1, 2, 3], [4]]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('sends what waits for more', async () => {
    const { buffer, sent, add, answer } = makeBuffer();
    add(1);
    const stopped = buffer.stop(2_000);
    await answer();
    await stopped;
    expect(sent).toEqual([[1]]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waits for the collector only so long, and drops the rest', async () => {
    const { buffer, sent, add } = makeBuffer();
    add(1, 2, 3, 4);
    const stopped = buffer.stop(2_000);
    await jest.advanceTimersByTimeAsync(2_000);
    await stopped;
    expect(sent).toEqual([[1, 2, 3]]);
    expect(buffer.counts.overflowed).toBe(1);
  });

  it('with nothing to send, stops at once', async () => {
    const { buffer, sent } = makeBuffer();
    await buffer.stop(2_000);
    expect(sent).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
