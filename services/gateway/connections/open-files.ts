/** How many connections fit into what the system lets a process open. */
import { readFileSync } from 'node:fs';

/** Kept for connections to databases and NATS, logs and modules, and for clients that are about to be refused. */
export const RESERVED_FILES = 500;

/** The limit that Node has raised to the highest allowed one; null where the system does not tell (elsewhere than on Linux). */
export function openFileLimit(): number | null {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? null : Number(limit);
  } catch {
    return null;
  }
}

/** At most `wanted`, and so many that a process with this many open files can do its other work. */
export function connectionsWithin(wanted: number, files: number | null): number {
  if (files === null) return wanted;
  return Math.min(wanted, files - Math.min(RESERVED_FILES, Math.ceil(files / 2)));
}
