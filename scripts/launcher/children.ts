/**
 * What a launcher started, written down in its data folder (one file each), so that the guardian and the next start
 * can end what a killed launcher left behind.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { readIfThere, writeWhole } from './files.ts';
import { endProcess, type ProcessId } from './process.ts';

/** In the order in which they are ended: who uses a server goes before it. */
const ROLES = ['services', 'catcher', 'nats', 'postgres'] as const;
export type Role = (typeof ROLES)[number];

/** How each is asked to end, and after how many milliseconds it is killed. */
export const ENDING: Readonly<Record<Role, { signal: NodeJS.Signals; within: number }>> = {
  // Calls and batches in hand get 10 s (Moleculer's tracking), then connections are closed.
  services: { signal: 'SIGTERM', within: 20_000 },
  // Mails on their way are kept first.
  catcher: { signal: 'SIGTERM', within: 5_000 },
  nats: { signal: 'SIGTERM', within: 10_000 },
  // "Fast": ends connections and writes a last checkpoint.
  postgres: { signal: 'SIGINT', within: 30_000 },
};

interface Child {
  readonly role: Role;
  readonly id: ProcessId;
}

/** The children below one folder. */
export class Children {
  readonly folder: string;

  constructor(dataDir: string) {
    this.folder = `${dataDir}/run/children`;
    mkdirSync(this.folder, { recursive: true });
  }

  /** To be called at once after the process exists. */
  add(role: Role, id: ProcessId): void {
    writeWhole(`${this.folder}/${role}-${id.pid}.json`, JSON.stringify({ role, id } satisfies Child));
  }

  /** Ends all that still run, in order, and forgets them. `hard`: at once, where the data are of no more use. */
  async end(hard = false): Promise<void> {
    const children = this.list();
    for (const role of ROLES) {
      const { signal, within } = hard ? { signal: 'SIGKILL' as const, within: 0 } : ENDING[role];
      const ofRole = children.filter((child) => child.role === role);
      await Promise.all(ofRole.map(({ id }) => endProcess(id, signal, within)));
      for (const { id } of ofRole) rmSync(`${this.folder}/${role}-${id.pid}.json`, { force: true });
    }
  }

  private list(): Child[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => {
        const content = readIfThere(`${this.folder}/${name}`);
        return content === null ? [] : [JSON.parse(content) as Child];
      });
  }
}
