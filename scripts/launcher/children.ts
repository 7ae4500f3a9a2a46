/**
 * The processes that a launcher started, each with a note in its data folder. By the notes, the
 * guardian and the next start end the processes of a killed launcher.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { readIfThere } from './files.ts';
import { endProcess, notedProcess } from './process.ts';
import type { OpenNote } from './spawn.ts';

/** The order of ending: the users of a server end before it. */
const ROLES = ['services', 'catcher', 'nats', 'postgres'] as const;
export type Role = (typeof ROLES)[number];

/** The signal that asks a process to end, and the milliseconds after which it is killed. */
export const ENDING: Readonly<Record<Role, { signal: NodeJS.Signals; within: number }>> = {
  // Current calls and batches get 10 s (Moleculer's tracking), then connections are closed.
  services: { signal: 'SIGTERM', within: 20_000 },
  // Mails that are being received are saved first.
  catcher: { signal: 'SIGTERM', within: 5_000 },
  nats: { signal: 'SIGTERM', within: 10_000 },
  // "Fast": ends connections and writes a last checkpoint.
  postgres: { signal: 'SIGINT', within: 30_000 },
};

/** The children below one folder. */
export class Children {
  readonly folder: string;

  constructor(dataDir: string) {
    this.folder = `${dataDir}/run/children`;
    mkdirSync(this.folder, { recursive: true });
  }

  /** For a child in that role, to be given to `begin`. */
  notes(role: Role): OpenNote {
    return () => openSync(`${this.folder}/${role}-${randomBytes(6).toString('hex')}`, 'wx', 0o600);
  }

  /**
   * Ends all that still run, in order, and deletes their notes. `hard`: kills them at once, where
   * the data are not needed any more.
   */
  async end(hard = false): Promise<void> {
    const children = this.list();
    for (const role of ROLES) {
      const { signal, within } = hard ? { signal: 'SIGKILL' as const, within: 0 } : ENDING[role];
      const ofRole = children.filter((child) => child.role === role);
      await Promise.all(ofRole.map(({ id }) => id !== null && endProcess(id, signal, within)));
      for (const { note } of ofRole) rmSync(note, { force: true });
    }
  }

  /** The id is null for a child that ended before it wrote its note. */
  private list() {
    return readdirSync(this.folder).map((name) => {
      const note = `${this.folder}/${name}`;
      return { note, role: name.slice(0, name.lastIndexOf('-')), id: notedProcess(readIfThere(note) ?? '') };
    });
  }
}
