/**
 * Isolates bad items of a loop, as consumers isolate bad events: a pass that fails takes fewer items, down to the bad one alone, which is
 * set aside as a dead letter; then passes grow again. An item alone is counted before it is tried, in a transaction of its own, so that
 * one that kills the process is found out as well: after each start the first item is tried alone, and the passes grow from there.
 */
import { messageOf } from '../../schemas/text.ts';
import { countAttempt, forgetAttempts, KillsProcess, takeBackAttempt } from '../consumer/lone-attempts.ts';
import { isDatabaseThere, mayPass } from '../consumer/retry.ts';
import { isUniqueViolation } from '../database/errors.ts';
import { Turns } from '../turns.ts';
import { setItemAside, waitingIn } from './item-letters.ts';
import type { ItemWork, LoopItem, Took } from './item-work.ts';

/** Lone attempts after which an item is set aside that left no trace of an end. As for consumers. */
export const MAX_LONE_ATTEMPTS = 3;
/** Unique violations in a row after which they count as lasting: a race settles itself earlier. As for consumers. */
const MAX_UNIQUE_VIOLATIONS = 5;
/** Passes in a row that fail with errors that may pass, after which one of their items may be the cause. */
const MAX_PASSING = 5;
/**
 * Lone failures that may pass, after which an item that can't wait is set aside: with the loop's
 * pauses and the time limit of locks that takes about a minute.
 */
export const MAX_LONE_PASSING = 5;
/** Each pass that succeeds lets the next one take so many times as many items. */
const GROWTH = 4;

/** Ends a pass that only looks which item comes first. */
class Looked extends Error {}

export class Isolation<Result> {
  readonly #work: ItemWork<Result>;
  readonly #log: Readonly<Record<'warn' | 'error', (text: string) => void>>;
  readonly #mutex: Turns;
  #limit = 1;
  /** Failures in a row that may pass. */
  #passing = 0;

  constructor(
    work: ItemWork<Result>,
    log: Readonly<Record<'warn' | 'error', (text: string) => void>>,
    mutex = new Turns(1),
  ) {
    this.#work = work;
    this.#log = log;
    this.#mutex = mutex;
  }

  /**
   * One pass that succeeds, after as many that isolate bad items as it takes. Throws what may pass, what is no item's fault, and when more
   * items are to be set aside than a loop may.
   */
  async runOnce(): Promise<Result> {
    for (;;) {
      const result = this.#limit === 1 ? await this.#passAlone() : await this.#passTogether();
      if (result !== undefined) return result.of;
    }
  }

  /** Undefined: it failed, and the next one takes fewer items. */
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
      // A pass that waited in vain for a lock has taken nothing: the first item alone shows whether
      // it is the one.
      this.#limit = Math.max(1, Math.ceil(items.length / 2));
      return undefined;
    }
  }

  /** Undefined: the item was set aside, or it waits, and the next one is the first now. */
  async #passAlone(): Promise<{ readonly of: Result } | undefined> {
    const first = await this.#look();
    if ('of' in first) return first;
    return await this.#mutex.run(() => this.#try(first));
  }

  /** The first item; or what a pass comes to that finds none. */
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
      await this.#setAside(item, new KillsProcess(abandoned), abandoned);
      return undefined;
    }
    let tried: LoopItem | undefined;
    try {
      const took: Took = ([taken]) => {
        tried = taken;
        // Another node may have handled it meanwhile: this one is not counted.
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

  /** What becomes of an item that failed alone. Throws the error where the same item is to be tried again at once. */
  async #settle(item: LoopItem, error: unknown, attempts: number): Promise<undefined> {
    const { name, database, canWait } = this.#work;
    const mayStillPass = this.#mayStillPass(error);
    if (!mayPass(error) || (isUniqueViolation(error) && !mayStillPass)) {
      await this.#setAside(item, error, attempts);
      return;
    }
    // With the database there it is this item that can't be handled now: it must not hold up the others.
    if (mayStillPass || !(await isDatabaseThere({ database }))) throw error;
    const before = await database.inTransaction((tx) => countAttempt(tx, waitingIn(name), item.key, 0));
    if (!canWait) {
      if (before + 1 < MAX_LONE_PASSING) throw error;
      await this.#setAside(item, error, before + 1);
      return;
    }
    this.#log.warn(`${name}: ${item.subject} fails alone, it comes again: ${messageOf(error)}`);
  }

  async #setAside(item: LoopItem, error: unknown, attempts: number): Promise<void> {
    const { name, database, skip } = this.#work;
    const code = await database.inTransaction(async (tx) => {
      await skip?.(tx, item);
      return await setItemAside(tx, name, item, error, attempts);
    });
    this.#log.error(`${name}: set aside ${item.subject} (${code}): ${messageOf(error)}`);
  }

  async #forget(tx: Parameters<typeof forgetAttempts>[0], { key }: LoopItem): Promise<void> {
    await forgetAttempts(tx, this.#work.name, key);
    await forgetAttempts(tx, waitingIn(this.#work.name), key);
  }

  #succeeded(): void {
    // While passes are small, one of the next ones may hold the item that failed.
    if (this.#limit === this.#work.most) this.#passing = 0;
    this.#limit = Math.min(this.#limit * GROWTH, this.#work.most);
  }

  /** Counts a failure that may pass; false where it does not, or has lasted for too long. */
  #mayStillPass(error: unknown): boolean {
    if (!mayPass(error)) return false;
    this.#passing += 1;
    return this.#passing <= (isUniqueViolation(error) ? MAX_UNIQUE_VIOLATIONS : MAX_PASSING);
  }
}
