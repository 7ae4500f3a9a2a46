/**
 * Seals the journal in bounded passes (ACC-8), asynchronously. Postings never wait for it. A crash
 * leaves only whole blocks, and any node continues after the last one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '#mixins/database/database.ts';
import { Signal } from '#mixins/loops/signal.ts';
import { insertBlock, readHead, readNext, readWriters, tryLockSealer } from './seal.store.ts';

/**
 * Postings of a block; those that commit meanwhile are added. A pass takes some 50 ms (measured),
 * and a block 200 KB.
 */
export const POSTINGS_A_BLOCK = 5_000;

/** Sent when a block was added. */
export const journalSealed = new Signal();
/** Sent when a close waits for the seal. */
export const sealWanted = new Signal();

/**
 * A position up to which to seal. The writers are the transactions that may still write before it;
 * they must end first.
 */
export interface Fence {
  readonly upTo: number;
  readonly writers: readonly string[];
}

/** The result of one pass. */
export type SealPass =
  /** Everything is sealed. */
  | { readonly outcome: 'idle' }
  /** Another node is sealing. */
  | { readonly outcome: 'standby' }
  /** Transactions that write before the fence are open. The next pass continues with it. */
  | { readonly outcome: 'waiting'; readonly fence: Fence }
  /** `full` means that there may be more. */
  | { readonly outcome: 'sealed'; readonly postings: number; readonly full: boolean };

/**
 * One bounded pass after the last block. Any number of nodes may call it at once; one of them
 * works. `fence` is the fence for which an earlier pass had to wait.
 */
export function sealOnce(
  database: Database,
  fence: Fence | null = null,
  limit = POSTINGS_A_BLOCK,
): Promise<SealPass> {
  return database.inTransaction(async (tx) => {
    if (!(await tryLockSealer(tx))) return { outcome: 'standby' };
    const head = await readHead(tx);
    // Another node may have sealed beyond the fence meanwhile.
    const kept = fence !== null && fence.upTo > head.lastPosition ? fence : null;
    const upTo = kept?.upTo ?? (await readNext(tx, head.lastPosition, limit));
    if (upTo === null) return { outcome: 'idle' };
    // The order matters, and each step is its own statement: first the position, then the writers,
    // then a snapshot without them.
    const writing = await readWriters(tx);
    const writers = kept === null ? writing : writing.filter((writer) => kept.writers.includes(writer));
    if (writers.length > 0) return { outcome: 'waiting', fence: { upTo, writers } };
    const postings = await insertBlock(tx, head, upTo);
    return { outcome: 'sealed', postings, full: postings >= limit };
  });
}

/**
 * Number of checks of a fence in one pass, and the pause between two in milliseconds. Most
 * transactions that post end within these pauses.
 */
const FENCE_CHECKS = 10;
const CHECK_PAUSE_MS = 20;
/** The sealer of a node. It keeps the fence between its passes. */
export class Sealer {
  readonly #database: Database;
  #fence: Fence | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * One pass, which checks its fence for up to a fifth of a second. No transaction is open between
   * the checks.
   */
  async runOnce(): Promise<SealPass> {
    for (let check = 1; ; check++) {
      const pass = await sealOnce(this.#database, this.#fence);
      this.#fence = pass.outcome === 'waiting' ? pass.fence : null;
      if (pass.outcome !== 'waiting' || check === FENCE_CHECKS) return pass;
      await delay(CHECK_PAUSE_MS);
    }
  }
}
