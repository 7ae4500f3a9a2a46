/** One run of a consumer: an empty, migrated database, and nodes on it. */
import type { ConsumerDefinition } from '#mixins/consumer/definition.ts';
import type { Database } from '#mixins/database/database.ts';
import type { Identity } from '#mixins/identity/identity.ts';
import type { Platform } from '#mixins/platform.ts';
import type { EventContract } from '#schemas/event.ts';
import type { EncodedEvent } from './encode.ts';
import type { ConsumerFixture } from './fixture.ts';
import { MemoryDurable } from './memory-durable.ts';
import { Node, type NodeHooks } from './node.ts';
import type { Place, Stage } from './stage.ts';

/** A consumer of a service, with its test data. */
export interface Subject extends Place {
  readonly key: string;
  readonly definition: ConsumerDefinition;
  readonly fixture: ConsumerFixture;
}

const noIdentity: Identity = {
  start: async () => {},
  stop: async () => {},
  verify: () => Promise.reject(new Error('Consumers verify no tokens')),
  learn: () => Promise.reject(new Error('Consumers announce no tokens')),
  publicKeys: () => [],
  takeUses: () => ({}),
};

export class Setting {
  readonly subject: Subject;
  readonly database: Database;
  readonly platform: Platform;
  readonly errors: string[] = [];
  #over = false;

  private constructor(subject: Subject, stage: Stage, database: Database) {
    const { bus, config } = stage;
    this.subject = subject;
    this.platform = { config, bus, identity: noIdentity };
    this.database = this.#untilOver(database);
  }

  /** Plays of one service run one after the other: each clears the results of the previous one. */
  static async open(subject: Subject, stage: Stage): Promise<Setting> {
    const setting = new Setting(subject, stage, await stage.cleared(subject));
    await subject.fixture.prepare?.(setting.database, setting.platform);
    return setting;
  }

  durable(events: readonly EncodedEvent[]): MemoryDurable {
    return new MemoryDurable(events, this.platform.config.namespace);
  }

  node(hooks: NodeHooks = {}): Node {
    const { service, key, definition } = this.subject;
    const onError = (...args: unknown[]) => void this.errors.push(args.map(String).join(' '));
    return new Node(
      { service, key, definition, database: this.database, platform: this.platform, onError },
      hooks,
    );
  }

  state(): Promise<unknown> {
    return this.subject.fixture.state(this.database, this.platform);
  }

  /** Dead-lettered events, by their ids. */
  async deadLetters(): Promise<{ id: string; key: string; code: string }[]> {
    return await this.database.inTransaction((tx) =>
      tx.rows(`SELECT id, event_key AS key, code FROM dead_letter WHERE status = 'open' ORDER BY id`),
    );
  }

  /** Throws unless exactly these events are dead-lettered. */
  async expectDeadLettered(events: readonly EncodedEvent[]): Promise<void> {
    const found = (await this.deadLetters()).map(({ key }) => key).toSorted();
    const wanted = events.map(({ id }) => id).toSorted();
    if (found.join() === wanted.join()) return;
    throw new Error(
      `Dead-lettered are ${found.join(', ') || 'none'} instead of ${wanted.join(', ')}: ${this.errors.at(-1)}`,
    );
  }

  /** A contract that the consumer reads. */
  readContract(events: readonly EncodedEvent[]): EventContract {
    const read = this.read(events)[0];
    const contract = this.subject.fixture
      .events()
      .find(({ contract: { type } }) => type === read?.type)?.contract;
    if (contract === undefined) throw new Error('The fixture has no event that the consumer reads');
    return contract;
  }

  /**
   * Among the events that the consumer reads, and that are the newest of their aggregate: the one
   * nearest to the middle.
   */
  newestInTheMiddle(events: readonly EncodedEvent[]): EncodedEvent {
    const read = this.read(events);
    const newest = new Map(read.map((event) => [event.subject, event]));
    const middle = events.length / 2;
    const [nearest] = [...newest.values()].toSorted(
      (a, b) => Math.abs(events.indexOf(a) - middle) - Math.abs(events.indexOf(b) - middle),
    );
    if (nearest === undefined) throw new Error('The fixture has no event that the consumer reads');
    return nearest;
  }

  read(events: readonly EncodedEvent[]): EncodedEvent[] {
    const { reads } = this.subject.definition;
    return events.filter(({ type }) => reads === 'all' || reads.some((contract) => contract.type === type));
  }

  /** Whether a statement in this database waits for a lock of another transaction. */
  async isWaitingForLock(): Promise<boolean> {
    const [row] = await this.database.rows<{ waiting: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock') AS waiting`,
    );
    return row?.waiting ?? false;
  }

  /** Work that still runs in the background does not reach the next play. */
  close(): void {
    this.#over = true;
  }

  #untilOver(database: Database): Database {
    const assertOn = () => {
      if (this.#over) throw new Error('The play is over');
    };
    return {
      ...database,
      rows: async (sql, bind) => {
        assertOn();
        return await database.rows(sql, bind);
      },
      inTransaction: async (work) => {
        assertOn();
        return await database.inTransaction(work);
      },
    };
  }
}
