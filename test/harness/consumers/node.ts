/**
 * A node that runs one consumer, and can die at any point. Then its transaction is rolled back, and
 * nothing from it arrives any more.
 */
import { type ConsumerContext, contextOf } from '#mixins/consumer/context.ts';
import type { ConsumerDefinition, Delivery } from '#mixins/consumer/definition.ts';
import { processBatch } from '#mixins/consumer/process.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import type { Platform } from '#mixins/platform.ts';
import { Turns } from '#mixins/turns.ts';
import type { EncodedEvent } from './encode.ts';
import type { MemoryDurable } from './memory-durable.ts';

export interface NodeHooks {
  /** Called before the handler gets the batch. */
  before?(batch: readonly Delivery[], node: Node): Promise<void> | void;
  /** Called after the handler, before the commit. */
  after?(batch: readonly Delivery[], node: Node): Promise<void> | void;
  /**
   * Called after the commit of a transaction in which the handler ran, before the acknowledgement.
   */
  committed?(node: Node): void;
}

export interface NodeParts {
  readonly service: string;
  readonly key: string;
  readonly definition: ConsumerDefinition;
  readonly database: Database;
  readonly platform: Platform;
  /** Called with errors that the node noticed, for the report. */
  readonly onError: (...args: unknown[]) => void;
}

const never = <Result>() => new Promise<Result>(() => {});

class Death extends Error {}

export class Node {
  readonly context: ConsumerContext;
  readonly #hooks: NodeHooks;
  readonly #died = Promise.withResolvers<'died'>();
  readonly #rolledBack: Promise<unknown>[] = [];
  readonly #ending = new AbortController();
  #dead = false;

  constructor(parts: NodeParts, hooks: NodeHooks = {}) {
    this.#hooks = hooks;
    const quiet = () => {};
    const logger = { debug: quiet, info: quiet, warn: quiet, error: parts.onError, fatal: parts.onError };
    this.context = contextOf(
      {
        ...parts,
        definition: this.#watched(parts.definition),
        database: this.#mortal(parts.database),
        logger,
        mutex: new Turns(1),
        settings: { maxUniqueViolations: 3 },
      },
      this.#ending.signal,
    );
  }

  get dead(): boolean {
    return this.#dead;
  }

  die(): void {
    this.#dead = true;
    this.#died.resolve('died');
    // Ends its background work.
    this.#ending.abort();
  }

  /** Processes events as one batch. Unsettled events stay unacknowledged. */
  async receive(
    durable: MemoryDurable,
    events: readonly EncodedEvent[],
  ): Promise<'done' | 'gave back' | 'died'> {
    const messages = durable.deliver(events, () => !this.#dead);
    const done = processBatch(this.context, messages).then(
      () => 'done' as const,
      (error: unknown) => {
        this.context.logger.error('gave back:', error);
        return 'gave back' as const;
      },
    );
    const end = await Promise.race([done, this.#died.promise]);
    await Promise.allSettled(this.#rolledBack);
    return end;
  }

  #watched(definition: ConsumerDefinition): ConsumerDefinition {
    return {
      ...definition,
      handle: async (batch, tx, platform) => {
        await this.#hooks.before?.(batch, this);
        if (this.#dead) return await never();
        await definition.handle(batch, tx, platform);
        this.#handled.add(tx);
        await this.#hooks.after?.(batch, this);
        if (this.#dead) return await never();
      },
    };
  }

  readonly #handled = new WeakSet<Tx>();

  /** The database, until the node dies. */
  #mortal(database: Database): Database {
    return {
      ...database,
      rows: (sql, bind) => (this.#dead ? never() : database.rows(sql, bind)),
      inTransaction: async (work) => {
        if (this.#dead) return await never();
        let handled = false;
        const death = this.#died.promise.then(() => {
          throw new Death();
        });
        const transaction = database.inTransaction(async (tx) => {
          const result = await Promise.race([work(tx), death]);
          handled = this.#handled.has(tx);
          return result;
        });
        death.catch(() => {});
        this.#rolledBack.push(transaction);
        try {
          const result = await transaction;
          if (handled) this.#hooks.committed?.(this);
          return this.#dead ? await never() : result;
        } catch (error) {
          if (this.#dead) return await never();
          throw error;
        }
      },
    };
  }
}
