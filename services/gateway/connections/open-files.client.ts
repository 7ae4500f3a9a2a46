/** How many connections fit into the process's limit of open files. */
import { readFileSync } from 'node:fs';

/**
 * Reserved for connections to databases and NATS, for logs and modules, and for clients that are
 * about to be refused.
 */
export const RESERVED_FILES = 500;

/**
 * The limit, which Node has raised to the maximum; null when the system does not report it (not
 * Linux).
 */
export function openFileLimit(): number | null {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? null : Number(limit);
  } catch {
    return null;
  }
}

/** At most `wanted`, and few enough to leave the reserved files. */
export function connectionsWithin(wanted: number, files: number | null): number {
  if (files === null) return wanted;
  return Math.min(wanted, files - Math.min(RESERVED_FILES, Math.ceil(files / 2)));
}
