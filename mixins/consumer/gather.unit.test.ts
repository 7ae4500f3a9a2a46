import { describe, expect, it } from '@jest/globals';
import { Gatherer } from './gather.ts';

const SOON = 20;
const LATE = 5_000;

describe('a gatherer', () => {
  it('hands out a full batch at once', async () => {
    const gatherer = new Gatherer<number>(10);
    for (const item of [1, 2, 3]) await gatherer.push(item);
    expect(await gatherer.take(2, LATE, LATE)).toEqual([1, 2]);
    expect(await gatherer.take(2, SOON, LATE)).toEqual([3]);
  });

  it('waits a little for more than the first', async () => {
    const gatherer = new Gatherer<number>(10);
    const batch = gatherer.take(3, LATE, LATE);
    for (const item of [1, 2, 3]) await gatherer.push(item);
    expect(await batch).toEqual([1, 2, 3]);
  });

  it('hands out nothing when nothing comes', async () => {
    expect(await new Gatherer<number>(10).take(3, LATE, SOON)).toEqual([]);
  });

  it('holds who pushes more than it takes', async () => {
    const gatherer = new Gatherer<number>(2);
    await gatherer.push(1);
    let pushed = false;
    const second = gatherer.push(2).then(() => {
      pushed = true;
    });
    await Promise.resolve();
    expect(pushed).toBe(false);
    expect(await gatherer.take(1, LATE, LATE)).toEqual([1]);
    await second;
  });

  it('hands out nothing after its end, and keeps what was left and what still comes', async () => {
    const gatherer = new Gatherer<number>(10);
    await gatherer.push(1);
    const held = gatherer.take(5, LATE, LATE);
    gatherer.end();
    expect(await held).toEqual([]);
    const late = gatherer.push(2);
    gatherer.release();
    await late;
    expect(gatherer.items).toEqual([1, 2]);
  });
});
