/**
 * Group commit: concurrent calls of one kind share a transaction, and so its round trips and its
 * COMMIT. A call begins at once, and alone, while few transactions run. Under load, the calls that
 * come meanwhile wait for the next transaction. So nothing waits for the sake of a larger group.
 */
import { CallScope, currentScope, DeadlinePassedError, runInScope } from '#mixins/call-scope.ts';
import { runOutOfSpan } from '#mixins/tracing/traces.ts';
import type { Database, Tx } from './database.ts';
import { isRetryable, isSilence, isUniqueViolation, QUERY_CANCELED, sqlStateOf } from './errors.ts';
import { inTransactionSpan } from './transaction.ts';

/** Transactions at a time: while one commits, the other one writes. */
const AT_ONCE = 2;
/** The most calls of a transaction. */
const MAX_CALLS = 100;

interface Member<Given, Result> {
  readonly given: Given;
  readonly scope: CallScope;
  resolve(result: Result | PromiseLike<Result>): void;
  reject(error: unknown): void;
}

export class GroupCommit<Given, Result> {
  readonly #database: Database;
  readonly #work: (tx: Tx, given: readonly Given[]) => Promise<readonly Result[]>;
  #waiting: Member<Given, Result>[] = [];
  #running = 0;

  /**
   * `work` returns a result for each of the given, in their order. It may run again, as in
   * `inTransaction`.
   */
  constructor(database: Database, work: (tx: Tx, given: readonly Given[]) => Promise<readonly Result[]>) {
    this.#database = database;
    this.#work = work;
  }

  /**
   * Runs the work for a call, in a transaction with others or in its own. Throws as `inTransaction`
   * does. One call can't fail another: where it may have caused the error of a group, or its
   * deadline passed, each call of the group runs once more, alone.
   */
  run(given: Given): Promise<Result> {
    const scope = currentScope();
    if (scope === undefined) return this.#alone(given);
    return inTransactionSpan(
      () =>
        new Promise((resolve, reject) => {
          this.#waiting.push({ given, scope, resolve, reject });
          // The transactions belong to all their calls, each of which has a span of its own.
          if (this.#running < AT_ONCE) void runOutOfSpan(() => this.#runWaiting());
        }),
    );
  }

  async #runWaiting(): Promise<void> {
    this.#running += 1;
    try {
      while (this.#waiting.length > 0) {
        const group = this.#take();
        if (group.length > 1) await this.#together(group);
        else await this.#each(group);
      }
    } finally {
      this.#running -= 1;
    }
  }

  /** The calls of the next transaction. One whose deadline passed while it waited would end it. */
  #take(): Member<Given, Result>[] {
    const group: Member<Given, Result>[] = [];
    for (const member of this.#waiting.splice(0, MAX_CALLS)) {
      if (member.scope.isOver) member.reject(new DeadlinePassedError());
      else group.push(member);
    }
    return group;
  }

  async #together(group: readonly Member<Given, Result>[]): Promise<void> {
    // Nothing may be changed after the deadline of any of them.
    const scope = new CallScope(Math.min(...group.map((member) => member.scope.deadline)));
    try {
      const results = await runInScope(scope, () =>
        this.#database.inTransaction((tx) =>
          this.#work(
            tx,
            group.map(({ given }) => given),
          ),
        ),
      );
      for (const [index, member] of group.entries()) {
        member.scope.hasCommitted = true;
        member.resolve(results[index] as Result);
      }
    } catch (error) {
      if (!scope.hasCommitted && !meetsAll(error)) return await this.#each(group);
      for (const member of group) {
        member.scope.hasCommitted ||= scope.hasCommitted;
        member.reject(error);
      }
    }
  }

  async #each(group: readonly Member<Given, Result>[]): Promise<void> {
    await Promise.all(
      group.map(({ given, scope, resolve, reject }) =>
        runInScope(scope, () => this.#alone(given)).then(resolve, reject),
      ),
    );
  }

  async #alone(given: Given): Promise<Result> {
    const [result] = await this.#database.inTransaction((tx) => this.#work(tx, [given]));
    return result as Result;
  }
}

/**
 * Whether any call would have met this error: the server is away or busy. A wait that ended is left
 * out, because it ends with the earliest deadline of the group.
 */
function meetsAll(error: unknown): boolean {
  const isEndOfWait = sqlStateOf(error) === QUERY_CANCELED || isSilence(error);
  return isRetryable(error) && !isUniqueViolation(error) && !isEndOfWait;
}
