/**
 * Publishes the events of an outbox; no other code publishes events. One relay of a service works
 * at a time: it holds an advisory lock of its transaction. PostgreSQL releases the lock when the
 * relay's node dies or freezes.
 */
import type { Bus } from '#mixins/bus/bus.ts';
import { SCHEMAS_BUCKET, SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import type { Log } from '#mixins/log.ts';
import type { Traces } from '#mixins/tracing/traces.ts';
import { outgoing, registerSchemas } from './messages.ts';
import {
  emptyStream,
  markPublished,
  markRefused,
  type OutboxRow,
  readStreams,
  readUnpublished,
  type StreamRow,
  tryLock,
  writeStreams,
} from './outbox.store.ts';
import { PublishSpans, publishedRow } from './publish-spans.ts';
import { Publisher } from './publisher.ts';
import { settle } from './settle.ts';
import { StreamHealth } from './stream-health.ts';

/**
 * Events of one pass: enough for the full rate, and few enough to be marked soon after. At the
 * largest size they take 64 MB.
 */
const PASS_EVENTS = 1000;
/**
 * How long a pass sends, in milliseconds. With the 2 s of the last acknowledgement, this stays
 * below the 5 s after which PostgreSQL ends an idle transaction. So a relay that was frozen stops
 * before the next one begins.
 */
const SEND_MS = 1_500;

export interface RelayOptions {
  readonly database: Database;
  readonly bus: Bus;
  readonly log: Log;
  /** Default: traces are off. */
  readonly traces?: Traces | undefined;
}

/** The result of a pass. */
export interface Pass {
  /** `away`: NATS is away. `standby`: another relay works. */
  readonly state: 'worked' | 'standby' | 'away';
  /** Events that were published and marked. */
  readonly published: number;
  readonly refused: number;
  /** Whether another pass is needed at once. */
  readonly more: boolean;
}

const NOTHING = { state: 'worked', published: 0, refused: 0, more: false } as const;

/** What a pass has beside its transaction. */
interface Work {
  /** The relay's doubts at its beginning. */
  readonly doubts: number;
  /** What the relay remembers of it. PostgreSQL may end the transaction before. */
  readonly afterCommit: (() => void)[];
}

/** One pass publishes a bounded number of events; its loop (relay-loop.ts) decides when. */
export class Relay {
  readonly #database: Database;
  readonly #bus: Bus;
  readonly #log: Log;
  readonly #traces: Traces | undefined;
  readonly #streams: StreamHealth;
  readonly #registry: SchemaRegistry;
  readonly #endReconnect: () => void;
  #publisher: Publisher | undefined;
  /** Fingerprints that were registered since the connection was made. */
  readonly #registered = new Set<string>();
  /** Streams that had a note of orphaned events of ours. */
  readonly #noted = new Set<string>();
  /**
   * Rises when the knowledge of streams becomes doubtful. A pass across such a moment has learnt
   * nothing.
   */
  #doubts = 0;

  constructor(options: RelayOptions) {
    this.#database = options.database;
    this.#bus = options.bus;
    this.#log = options.log;
    this.#traces = options.traces;
    this.#streams = new StreamHealth(options.bus, options.log);
    this.#registry = new SchemaRegistry(() => options.bus.bucket(SCHEMAS_BUCKET));
    this.#endReconnect = options.bus.onReconnect(() => this.distrust());
  }

  /**
   * One bounded pass: at most `PASS_EVENTS` events, some four seconds. Throws errors of PostgreSQL
   * and NATS.
   */
  async pass(): Promise<Pass> {
    if (!this.#bus.connected) return { ...NOTHING, state: 'away' };
    const work: Work = { doubts: this.#doubts, afterCommit: [] };
    const pass = await this.#database.inTransaction((tx) => this.#work(tx, work));
    if (this.#isCertain(work)) for (const action of work.afterCommit) action();
    return pass;
  }

  /** Streams that took no events at the last attempt. */
  get failing(): readonly string[] {
    return this.#streams.failing;
  }

  /** Verifies a stream, or all of them, again before the next event is sent. */
  distrust(stream?: string): void {
    this.#doubts++;
    this.#streams.distrust(stream);
    if (stream === undefined) this.#registered.clear();
  }

  /**
   * A stream has a note of orphaned events of ours. It is verified too, although this outbox may
   * have published nothing to it. That gives it a row, so that operators see the note.
   */
  noted(stream: string): void {
    this.#noted.add(stream);
  }

  /** To be called when no pass is under way. */
  close(): void {
    this.#endReconnect();
    this.#publisher?.close();
  }

  #isCertain({ doubts }: Work): boolean {
    return this.#bus.connected && this.#doubts === doubts;
  }

  async #work(tx: Tx, work: Work): Promise<Pass> {
    if (!(await tryLock(tx))) return { ...NOTHING, state: 'standby' };
    const streams = new Map((await readStreams(tx)).map((row) => [row.stream, row]));
    const pausing = this.#streams.pausing();
    const noted = [...this.#noted].filter((stream) => !streams.has(stream)).map(emptyStream);
    const unsure = [...streams.values(), ...noted].filter(
      (row) => !pausing.includes(row.stream) && this.#streams.isUnsure(row),
    );
    if (unsure.length > 0) return this.#verify(tx, unsure, work);

    const rows = await readUnpublished(tx, PASS_EVENTS, pausing);
    if (rows.length < PASS_EVENTS) this.#streams.forgetFailures(pausing, rows);
    if (rows.length === 0) return NOTHING;
    const unseen = [...new Set(rows.map((row) => row.stream))].filter((stream) => !streams.has(stream));
    if (unseen.length > 0) return this.#verify(tx, unseen.map(emptyStream), work);
    return this.#publish(tx, rows, streams, work);
  }

  async #verify(tx: Tx, rows: readonly StreamRow[], work: Work): Promise<Pass> {
    const found = await this.#streams.verify(tx, rows);
    work.afterCommit.push(() => {
      for (const each of found) this.#streams.trust(each, this.#database.service);
      // The bucket of schemas may have lost something with a stream.
      if (found.some(({ changed }) => changed)) this.#registered.clear();
    });
    return { ...NOTHING, more: true };
  }

  async #publish(
    tx: Tx,
    rows: readonly OutboxRow[],
    streams: ReadonlyMap<string, StreamRow>,
    work: Work,
  ): Promise<Pass> {
    const { registered, unreadable } = await registerSchemas(tx, this.#registry, rows, this.#registered);
    const skipped = new Set(unreadable.map(({ position }) => position));
    const good = rows.filter((row) => !skipped.has(row.position));

    const sendUntil = performance.now() + SEND_MS;
    this.#publisher ??= new Publisher(this.#bus);
    const { service } = this.#database;
    const traces = this.#traces;
    const spans = traces && new PublishSpans(traces, service, good);
    const published = traces === undefined ? good : good.map(publishedRow);
    const messages = published.map((row) => outgoing(this.#bus.namespace, service, row));
    const outcomes = await this.#publisher.publish(messages, sendUntil, spans);
    // The server may have restarted with less data: then acknowledgements say nothing about the
    // stream that was verified.
    if (!this.#isCertain(work)) return { ...NOTHING, more: true };

    const settled = settle(good, outcomes, streams);
    const refused = [...settled.refused, ...unreadable];
    await markPublished(tx, settled.marks);
    await markRefused(tx, refused);
    await writeStreams(tx, settled.streams);
    work.afterCommit.push(() => {
      for (const fingerprint of registered) this.#registered.add(fingerprint);
      for (const { position, reason } of refused) {
        this.#log.error(`Outbox row ${position} is refused: ${reason}`);
      }
      this.#streams.noteSettled(settled, streams);
    });
    const count = settled.marks.length;
    const isFull = rows.length === PASS_EVENTS || settled.unsent;
    const more = settled.regressed.size > 0 || (count > 0 && isFull);
    return { state: 'worked', published: count, refused: refused.length, more };
  }
}
