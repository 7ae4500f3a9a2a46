import { describe, expect, it } from '@jest/globals';
import { Lag } from './lag.ts';

describe('the lag of a replica', () => {
  it('is none while the primary is idle, for however long', () => {
    const lag = new Lag();
    lag.wrote(100, 0);
    lag.replayed(100);
    lag.wrote(100, 1_000);
    lag.replayed(100);
    expect(lag.at(1_000_000)).toBe(0);
  });

  it('is the age of the oldest position that is missing', () => {
    const lag = new Lag();
    lag.wrote(50, 0);
    lag.replayed(50);
    lag.wrote(100, 1_000);
    lag.wrote(200, 2_000);
    expect(lag.at(5_000)).toBe(4_000);
    lag.replayed(150);
    expect(lag.at(5_000)).toBe(3_000);
    lag.replayed(200);
    expect(lag.at(5_000)).toBe(0);
  });

  it('does not count positions that were replayed before they were noted', () => {
    const lag = new Lag();
    lag.replayed(200);
    lag.wrote(150, 0);
    expect(lag.at(10_000)).toBe(0);
  });

  it('is unlimited as long as the replica lacks positions from before the first observation', () => {
    const lag = new Lag();
    expect(lag.at(0)).toBe(0);
    lag.wrote(100, 0);
    lag.replayed(99);
    lag.wrote(200, 1_000);
    expect(lag.at(1_000)).toBe(Number.POSITIVE_INFINITY);
    lag.replayed(100);
    expect(lag.at(1_500)).toBe(500);
  });

  it('stays right after hours, and shrinks only as the replica catches up', () => {
    const lag = new Lag();
    lag.wrote(0, 0);
    for (let second = 1; second <= 10_000; second++) lag.wrote(second, second * 1_000);
    expect(lag.at(10_000_000)).toBe(9_999_000);
    lag.replayed(9_000);
    expect(lag.at(10_000_000)).toBeGreaterThan(60_000);
    lag.replayed(9_998);
    expect(lag.at(10_000_000)).toBe(1_000);
    lag.replayed(10_000);
    expect(lag.at(10_000_000)).toBe(0);
  });

  it('drops positions that a promoted primary never had', () => {
    const lag = new Lag();
    lag.wrote(500, 0);
    lag.wrote(400, 1_000);
    lag.replayed(400);
    expect(lag.at(60_000)).toBe(0);
  });
});
