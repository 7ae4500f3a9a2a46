import { describe, expect, it } from '@jest/globals';
import { type DiskSample, forecast, SAMPLE_EVERY_MS, withSample } from './forecast.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 2, 15);
const GB = 1e9;

/** A sample every two hours up to now, with the free space that `at` gives for an age in days. */
const history = (days: number, at: (age: number) => number): DiskSample[] =>
  Array.from({ length: days * 12 }, (_, index) => days - index / 12).map((age) => ({
    at: NOW - age * 24 * HOUR_MS,
    freeBytes: at(age),
  }));
const now = (freeBytes: number): DiskSample => ({ at: NOW, freeBytes });

describe('a disk that was measured for less than a day', () => {
  it('KEEP-1: gives no forecast, and says for how long it was measured', () => {
    expect(forecast([], now(GB))).toEqual({ is: 'unknown', hours: 0 });
    const samples = [{ at: NOW - 23 * HOUR_MS, freeBytes: 2 * GB }];
    expect(forecast(samples, now(GB))).toEqual({ is: 'unknown', hours: 23 });
  });
});

describe('a disk that was measured for days', () => {
  it('KEEP-1: is full after the days in which the growth takes the free space', () => {
    const found = forecast(
      history(7, (age) => 70 * GB + age * 2 * GB),
      now(70 * GB),
    );
    expect(found).toMatchObject({ is: 'filling' });
    expect(found.is === 'filling' ? [found.days, found.bytesPerDay / GB].map(Math.round) : []).toEqual([
      35, 2,
    ]);
  });

  it('is steady if its free space does not shrink', () => {
    expect(
      forecast(
        history(3, () => GB),
        now(GB),
      ),
    ).toEqual({ is: 'steady' });
    expect(
      forecast(
        history(3, (age) => 9 * GB - age * GB),
        now(9 * GB),
      ),
    ).toEqual({ is: 'steady' });
  });

  it('keeps its forecast if space was freed once, and if a large file came and went', () => {
    const freed = history(10, (age) => 50 * GB + age * GB - (age > 2 ? 40 * GB : 0));
    const found = forecast(freed, now(50 * GB));
    expect(found.is === 'filling' && Math.round(found.bytesPerDay / GB)).toBe(1);
    const file = history(10, (age) => 50 * GB + age * GB - (age > 5 && age < 5.5 ? 30 * GB : 0));
    const other = forecast(file, now(50 * GB));
    expect(other.is === 'filling' && Math.round(other.days)).toBe(50);
  });
});

describe('the samples', () => {
  it('are bounded: two weeks, and one every two hours', () => {
    let samples: readonly DiskSample[] = [];
    for (let minutes = 0; minutes <= 30 * 24 * 60; minutes += 10)
      samples = withSample(samples, { at: NOW + minutes * 60_000, freeBytes: 1 });
    expect(samples).toHaveLength(14 * 12);
    const gaps = samples.slice(1).map(({ at }, index) => at - (samples[index]?.at ?? 0));
    expect(new Set(gaps)).toEqual(new Set([SAMPLE_EVERY_MS]));
  });

  it('of the future are left out: the clock was wrong', () => {
    expect(withSample([{ at: NOW + 1, freeBytes: 9 }], now(1))).toEqual([now(1)]);
  });
});
