import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, describe, expect, it } from '@jest/globals';
import { metricsNotes, noteMetrics } from './metrics-notes.ts';

const folder = mkdtempSync(`${tmpdir()}/metrics-notes-`);
afterAll(() => rmSync(folder, { recursive: true }));

describe('the note of a node', () => {
  it('names its address while it runs, and those of nodes that were killed are removed', () => {
    const remove = noteMetrics(folder, ['parrots'], 'http://127.0.0.1:9464/metrics');
    const process = { pid: 1, startedAt: 'never' };
    const killed = { services: ['feeders'], url: 'http://127.0.0.1:9465/metrics', process };
    writeFileSync(`${folder}/run/metrics.1.json`, JSON.stringify(killed));
    writeFileSync(`${folder}/run/other.json`, '{}');
    expect(metricsNotes(folder)).toMatchObject([
      { services: ['parrots'], url: 'http://127.0.0.1:9464/metrics' },
    ]);
    remove();
    expect(readdirSync(`${folder}/run`)).toEqual(['other.json']);
  });
});
