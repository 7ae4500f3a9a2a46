/**
 * One holder a folder. Each contender leaves a file of its own, then looks for others: whoever sees a living one
 * withdraws. Files of dead holders are cleared away; as each file names one process for good (number and start), no
 * living holder's file can be taken for a dead one's, and there is no moment at which two hold the folder.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { readIfThere, writeWhole } from './files.ts';
import { isRunning, type ProcessId, processOf } from './process.ts';

/** Two that begin in the same moment both withdraw, and try again after up to this many milliseconds. */
const RETRY_MS = 100;
const TRIES = 4;

/** Holds the folder until `release` is called or this process ends; else who holds it. */
export async function lockFolder(folder: string): Promise<{ release: () => void } | { holder: ProcessId }> {
  mkdirSync(folder, { recursive: true });
  for (let tries = 1; ; tries++) {
    const mine = `${folder}/lock.${process.pid}.${randomBytes(4).toString('hex')}`;
    writeWhole(mine, JSON.stringify(processOf(process.pid)));
    const holder = holders(folder, mine)[0];
    if (holder === undefined) return { release: () => rmSync(mine, { force: true }) };
    rmSync(mine, { force: true });
    if (tries === TRIES) return { holder };
    await delay(RETRY_MS * Math.random());
  }
}

/** The living processes that hold (or contend for) a folder. */
export function holders(folder: string, except = ''): ProcessId[] {
  return readdirSync(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    if (!/^lock\.\d+\.[0-9a-f]+$/.test(name) || path === except) return [];
    const content = readIfThere(path);
    if (content === null) return [];
    const id: ProcessId = JSON.parse(content);
    if (isRunning(id)) return [id];
    rmSync(path, { force: true });
    return [];
  });
}
