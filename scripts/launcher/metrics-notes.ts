/** Where the nodes on this machine answer `/metrics`: a note of each in the data folder. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { readIfThere, writeWhole } from './files.ts';
import { isRunning, type ProcessId, processOf } from './process.ts';

export interface MetricsNote {
  readonly services: readonly string[];
  readonly url: string;
  readonly process: ProcessId;
}

const FORM = /^metrics\.\d+\.json$/;

/**
 * Notes the address of this process. Returns the removal of the note. Throws if it can't be
 * written.
 */
export function noteMetrics(dataDir: string, services: readonly string[], url: string): () => void {
  mkdirSync(`${dataDir}/run`, { recursive: true });
  // Removes those of nodes that were killed.
  metricsNotes(dataDir);
  const file = `${dataDir}/run/metrics.${process.pid}.json`;
  writeWhole(file, `${JSON.stringify({ services, url, process: processOf(process.pid) })}\n`);
  return () => rmSync(file, { force: true });
}

/** The notes of the nodes that run. */
export function metricsNotes(dataDir: string): MetricsNote[] {
  const folder = `${dataDir}/run`;
  return readdirSync(folder).flatMap((name) => {
    const content = FORM.test(name) ? readIfThere(`${folder}/${name}`) : null;
    if (content === null) return [];
    const note: MetricsNote = JSON.parse(content);
    if (isRunning(note.process)) return [note];
    rmSync(`${folder}/${name}`, { force: true });
    return [];
  });
}
