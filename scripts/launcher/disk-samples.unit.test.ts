import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readDisk, readSamples, SAMPLES_FILE } from '#mixins/disk/disk.ts';
import { noteSpace } from './disk-samples.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 2, 15);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/disk-samples-`);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a data folder', () => {
  it('KEEP-1: keeps samples over restarts, from which a forecast is made', async () => {
    expect(await readDisk(folder, NOW)).toMatchObject({ forecast: { is: 'unknown', hours: 0 } });
    for (const hours of [0, 1, 13, 25]) await noteSpace(folder, NOW + hours * HOUR_MS);
    expect(readSamples(folder).map(({ at }) => (at - NOW) / HOUR_MS)).toEqual([0, 13, 25]);
    expect((await readDisk(folder, NOW + 26 * HOUR_MS))?.forecast.is).not.toBe('unknown');
    expect(readdirSync(folder)).toEqual([SAMPLES_FILE]);
  });

  it('goes on where its file is damaged', async () => {
    writeFileSync(`${folder}/${SAMPLES_FILE}`, '[{"at":1,"fr');
    await noteSpace(folder, NOW);
    expect(readSamples(folder)).toMatchObject([{ at: NOW }]);
  });
});

describe('a folder that does not exist', () => {
  it('gives nothing, and is not made', async () => {
    await noteSpace(`${folder}/none`, NOW);
    expect(await readDisk(`${folder}/none`, NOW)).toBeNull();
  });
});
