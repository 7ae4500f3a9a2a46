import { describe, expect, it } from '@jest/globals';
import { BatchBuffer } from './batch-buffer.ts';

const SOON = 20;
const LATE = 5_000;
const NEVER = 3_600_000;

describe('a batch buffer', () => {
  it('hands out a full batch at once', async () => {
    const buffer = new BatchBuffer<number>(10);
    for (const item of [1, 2, 3]) await buffer.push(item);
    expect(await buffer.take(2, LATE, LATE)).toEqual([1, 2]);
    expect(await buffer.take(2, SOON, LATE)).toEqual([3]);
  });

  it('waits a little for more than the first', async () => {
    const buffer = new BatchBuffer<number>(10);
    const batch = buffer.take(3, LATE, LATE);
    for (const item of [1, 2, 3]) await buffer.push(item);
    expect(await batch).toEqual([1, 2, 3]);
  });

  it('hands out no batch early that is not full', async () => {
    const buffer = new BatchBuffer<number>(10);
    const soon = performance.now() + SOON;
    const batch = buffer.take(3, 0, LATE, soon);
    for (const item of [1, 2]) await buffer.push(item);
    expect(await batch).toEqual([1, 2]);
    expect(performance.now()).toBeGreaterThanOrEqual(soon - 1);
    for (const item of [3, 4, 5]) await buffer.push(item);
    expect(await buffer.take(3, 0, LATE, performance.now() + NEVER)).toEqual([3, 4, 5]);
  });

  it('hands out nothing when nothing arrives', async () => {
    expect(await new BatchBuffer<number>(10).take(3, LATE, SOON)).toEqual([]);
  });

  it('makes a caller wait that pushes more than it holds', async () => {
    const buffer = new BatchBuffer<number>(2);
    await buffer.push(1);
    let pushed = false;
    const second = buffer.push(2)?.then(() => {
      pushed = true;
    });
    await Promise.resolve();
    expect(pushed).toBe(false);
    expect(await buffer.take(1, LATE, LATE)).toEqual([1]);
    await second;
  });

  it('hands out nothing after its end, and keeps what remains and what still arrives', async () => {
    const buffer = new BatchBuffer<number>(10);
    await buffer.push(1);
    const held = buffer.take(5, LATE, LATE);
    buffer.end();
    expect(await held).toEqual([]);
    const late = buffer.push(2);
    buffer.release();
    await late;
    expect(buffer.items).toEqual([1, 2]);
  });
});
