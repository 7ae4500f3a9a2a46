import { describe, expect, it } from '@jest/globals';
import type { Disk } from '#mixins/disk/disk.ts';
import { conditionOfDisk } from './disk.ts';

const GB = 1e9;
const disk = (forecast: Disk['forecast'], freeBytes = 100 * GB): Disk => ({
  freeBytes,
  sizeBytes: 500 * GB,
  forecast,
});
const filling = (days: number): Disk['forecast'] => ({ is: 'filling', days, bytesPerDay: 0.2 * GB });
const read = (found: Disk | null) => conditionOfDisk(found, '.data');

describe('the disk of the data folder', () => {
  it('KEEP-1: states in how many days it is full, which is no trouble while there is time', () => {
    expect(read(disk(filling(500.7)))).toEqual({
      troubles: [],
      figures: { 'disk full': 'in 500 days: 100.0 GB free, 0.200 GB more each day' },
    });
  });

  it('is a trouble two weeks before it is full', () => {
    expect(read(disk(filling(14))).troubles).toEqual([]);
    expect(read(disk(filling(13.9))).troubles).toEqual([
      'The disk of .data is full in 13 days: 100.0 GB free, 0.200 GB more each day. See: docs/runbook.md, "The disk fills up"',
    ]);
  });

  it('is a trouble if it is almost full, whatever the growth', () => {
    for (const forecast of [{ is: 'steady' }, { is: 'unknown', hours: 3 }, filling(400)] as const)
      expect(read(disk(forecast, 24 * GB)).troubles).toEqual([
        'The disk of .data is almost full: 24.0 GB free. See: docs/runbook.md, "The disk fills up"',
      ]);
  });

  it('is said to be unknown before it was measured for a day', () => {
    expect(read(disk({ is: 'unknown', hours: 5.5 })).figures).toEqual({
      'disk full': 'unknown yet: measured for 5 of 24 hours, 100.0 GB free',
    });
  });
});

describe('servers elsewhere', () => {
  it('have disks that are unknown', () => {
    expect(read(null)).toEqual({
      troubles: [],
      figures: { 'disk full': 'unknown: no data folder here, so look at the servers' },
    });
  });
});
