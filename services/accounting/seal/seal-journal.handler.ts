/**
 * Seals the journal (ACC-8) in bounded passes, asynchronously: who posts waits for nothing and is told nothing. A crash at any point leaves
 * whole blocks, and any node goes on behind the last one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '#mixins/database/database.ts';
import { Signal } from '#mixins/loops/signal.ts';
import { insertBlock, readHead, readNext, readWriters, tryLockSealer } from './seal.store.ts';

/** Postings of a block, and those that were under way meanwhile: a pass takes some 50 ms (measured), a block 200 KB. */
export const POSTINGS_A_BLOCK = 5_000;

/** A block was added. */
export const journalSealed = new Signal();
/** A close waits for the seal. */
export const sealWanted = new Signal();

/** Up to where to seal, once those who may still write below have ended. */
export interface Fence {
  readonly upTo: number;
  readonly writers: readonly string[];
}

/** What one pass did. */
export type SealPass =
  /** Everything is sealed. */
  | { readonly outcome: 'idle' }
  /** Another node is at it. */
  | { readonly outcome: 'standby' }
  /** Transactions that write below the fence are open; the next pass takes it up again. */
  | { readonly outcome: 'waiting'; readonly fence: Fence }
  /** `full`: there may be more. */
  | { readonly outcome: 'sealed'; readonly postings: number; readonly full: boolean };

/** One bounded pass behind the last block. Any number of nodes may call it at once; one works. `fence`: where an earlier pass had to wait. */
export function sealOnce(
  database: Database,
  fence: Fence | null = null,
  limit = POSTINGS_A_BLOCK,
): Promise<SealPass> {
  return database.inTransaction(async (tx) => {
    if (!(await tryLockSealer(tx))) return { outcome: 'standby' };
    const head = await readHead(tx);
    // Another node may have sealed beyond it meanwhile.
    const kept = fence !== null && fence.upTo > head.lastPosition ? fence : null;
    const upTo = kept?.upTo ?? (await readNext(tx, head.lastPosition, limit));
    if (upTo === null) return { outcome: 'idle' };
    // Each a statement of its own, in this order: first the position, then who writes, then a snapshot without them.
    const writing = await readWriters(tx);
    const writers = kept === null ? writing : writing.filter((writer) => kept.writers.includes(writer));
    if (writers.length > 0) return { outcome: 'waiting', fence: { upTo, writers } };
    const postings = await insertBlock(tx, head, upTo);
    return { outcome: 'sealed', postings, full: postings >= limit };
  });
}

/** Looks at a fence in one pass, and the pause between two, in milliseconds: most transactions that post take less than all of it. */
const LOOKS = 10;
const LOOK_AGAIN_MS = 20;
/** The sealer of a node: keeps the fence between its passes. */
export class Sealer {
  readonly #database: Database;
  #fence: Fence | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  /** One pass, which looks at its fence for a fifth of a second; no transaction is open in between. */
  async runOnce(): Promise<SealPass> {
    for (let look = 1; ; look++) {
      const pass = await sealOnce(this.#database, this.#fence);
      this.#fence = pass.outcome === 'waiting' ? pass.fence : null;
      if (pass.outcome !== 'waiting' || look === LOOKS) return pass;
      await delay(LOOK_AGAIN_MS);
    }
  }
}
