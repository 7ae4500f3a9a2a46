/**
 * Isolates bad items of a loop, as consumers isolate bad events. After a failure, a pass takes
 * fewer items, down to the bad one alone, which becomes a dead letter. Then passes grow again. A
 * lone attempt is counted in advance, in its own transaction, to recognise an item that kills the
 * process. After each start, the first item is therefore tried alone.
 */
import {
  countAttempt,
  forgetAttempts,
  isDatabaseThere,
  KillsProcess,
  mayPass,
  takeBackAttempt,
} from '#mixins/consumer/retry.ts';
import { isUniqueViolation } from '#mixins/database/errors.ts';
import type { Log } from '#mixins/log.ts';
import { Turns } from '#mixins/turns.ts';
import { messageOf } from '#schemas/text.ts';
import { deadLetterItem, waitingIn } from './item-dead-letters.ts';
import type { ItemWork, LoopItem, Took } from './item-work.ts';

/**
 * After this many lone attempts without a recorded end, the item is taken to kill the process. The
 * same as for consumers.
 */
export const MAX_LONE_ATTEMPTS = 3;
/**
 * Unique violations in a row that do not count as a bug: a race ends earlier. The same as for
 * consumers.
 */
const MAX_UNIQUE_VIOLATIONS = 5;
/** After this many temporary failures in a row, one of the items may be their cause. */
const MAX_PASSING = 5;
/**
 * After this many temporary failures alone, an item that can't wait becomes a dead letter. With the
 * loop's pauses and the time limit of locks, that takes about a minute.
 */
export const MAX_LONE_PASSING = 5;
/** After a successful pass, the next takes this many times as many items. */
const GROWTH = 4;

/** Ends a pass that only finds the first item. */
class Looked extends Error {}

export class Isolation<Result> {
  readonly #work: ItemWork<Result>;
  readonly #log: Pick<Log, 'warn' | 'error'>;
  readonly #mutex: Turns;
  #limit = 1;
  /** Temporary failures in a row. */
  #passing = 0;

  constructor(work: ItemWork<Result>, log: Pick<Log, 'warn' | 'error'>, mutex = new Turns(1)) {
    this.#work = work;
    this.#log = log;
    this.#mutex = mutex;
  }

  /**
   * Repeats passes until one succeeds; the failed ones isolate bad items. Throws temporary errors,
   * errors that no item causes, and an error when the loop has too many dead letters.
   */
  async runOnce(): Promise<Result> {
    for (;;) {
      const result = this.#limit === 1 ? await this.#passAlone() : await this.#passTogether();
      if (result !== undefined) return result.of;
    }
  }

  /** Undefined: the pass failed, and the next one takes fewer items. */
  async #passTogether(): Promise<{ readonly of: Result } | undefined> {
    let items: readonly LoopItem[] = [];
    try {
      const result = await this.#work.pass(this.#limit, (taken) => {
        items = taken;
      });
      this.#succeeded();
      return { of: result };
    } catch (error) {
      if (this.#mayStillPass(error) || (items.length === 0 && !mayPass(error))) throw error;
      // A pass that waited in vain for a lock has taken nothing. The first item is tried alone.
      this.#limit = Math.max(1, Math.ceil(items.length / 2));
      return undefined;
    }
  }

  /** Undefined: the item became a dead letter, or it waits. The next item is the first now. */
  async #passAlone(): Promise<{ readonly of: Result } | undefined> {
    const first = await this.#look();
    if ('of' in first) return first;
    return await this.#mutex.run(() => this.#try(first));
  }

  /** The first item, or the result of a pass without one. */
  async #look(): Promise<LoopItem | { readonly of: Result }> {
    let found: LoopItem | undefined;
    try {
      const result = await this.#work.pass(1, ([item]) => {
        found = item;
        if (item !== undefined) throw new Looked();
      });
      this.#succeeded();
      return { of: result };
    } catch (error) {
      if (!(error instanceof Looked) || found === undefined) throw error;
      return found;
    }
  }

  async #try(item: LoopItem): Promise<{ readonly of: Result } | undefined> {
    const { name, database, pass } = this.#work;
    const abandoned = await database.inTransaction((tx) => countAttempt(tx, name, item.key, 0));
    if (abandoned >= MAX_LONE_ATTEMPTS) {
      await this.#deadLetter(item, new KillsProcess(abandoned), abandoned);
      return undefined;
    }
    let tried: LoopItem | undefined;
    try {
      const took: Took = ([taken]) => {
        tried = taken;
        // Another node may have handled it. Then the attempt at this item was not counted.
        if (taken !== undefined && taken.key !== item.key) throw new Looked();
      };
      const result = await pass(1, took);
      await database.inTransaction((tx) => this.#forget(tx, item));
      this.#succeeded();
      return { of: result };
    } catch (error) {
      await database.inTransaction((tx) => takeBackAttempt(tx, name, item.key)).catch(() => {});
      if (error instanceof Looked) return undefined;
      if (tried === undefined) throw error;
      return await this.#settle(item, error, abandoned + 1);
    }
  }

  /**
   * Decides about an item that failed alone. Throws the error where the same item is tried again at
   * once.
   */
  async #settle(item: LoopItem, error: unknown, attempts: number): Promise<undefined> {
    const { name, database, canWait } = this.#work;
    const mayStillPass = this.#mayStillPass(error);
    if (!mayPass(error) || (isUniqueViolation(error) && !mayStillPass)) {
      await this.#deadLetter(item, error, attempts);
      return;
    }
    // If the database answers, only this item can't be handled now, and must not delay the others.
    if (mayStillPass || !(await isDatabaseThere({ database }))) throw error;
    const before = await database.inTransaction((tx) => countAttempt(tx, waitingIn(name), item.key, 0));
    if (!canWait) {
      if (before + 1 < MAX_LONE_PASSING) throw error;
      await this.#deadLetter(item, error, before + 1);
      return;
    }
    this.#log.warn(`${name}: ${item.subject} fails alone, it comes again: ${messageOf(error)}`);
  }

  async #deadLetter(item: LoopItem, error: unknown, attempts: number): Promise<void> {
    const { name, database, skip } = this.#work;
    const code = await database.inTransaction(async (tx) => {
      await skip?.(tx, item);
      return await deadLetterItem(tx, name, item, error, attempts);
    });
    this.#log.error(`${name}: dead-lettered ${item.subject} (${code}): ${messageOf(error)}`);
  }

  async #forget(tx: Parameters<typeof forgetAttempts>[0], { key }: LoopItem): Promise<void> {
    await forgetAttempts(tx, this.#work.name, key);
    await forgetAttempts(tx, waitingIn(this.#work.name), key);
  }

  #succeeded(): void {
    // While passes are small, one of the next ones may contain the item that failed.
    if (this.#limit === this.#work.most) this.#passing = 0;
    this.#limit = Math.min(this.#limit * GROWTH, this.#work.most);
  }

  /** Counts a failure that may pass. Returns false where it may not, or has lasted too long. */
  #mayStillPass(error: unknown): boolean {
    if (!mayPass(error)) return false;
    this.#passing += 1;
    return this.#passing <= (isUniqueViolation(error) ? MAX_UNIQUE_VIOLATIONS : MAX_PASSING);
  }
}
