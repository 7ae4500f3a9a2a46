/**
 * The publishing side of the outbox, and the only code that publishes events. One relay of a service works at a time: whoever holds a
 * transaction-scoped advisory lock, which PostgreSQL frees by itself when its holder dies or freezes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { NatsError } from 'nats';
import { SCHEMAS_BUCKET, SchemaRegistry } from '../../schemas/registry.ts';
import type { Bus } from '../bus/bus.ts';
import type { BusLog } from '../bus/nats-bus.ts';
import type { Database, Tx } from '../database/database.ts';
import { messageOf } from '../outage.ts';
import { lookAtStream, type StreamLook, type Verification, verifyStream } from './lost-tail.ts';
import { outgoing, registerSchemas } from './messages.ts';
import {
  markPublished,
  markRefused,
  readStreams,
  readUnpublished,
  type StreamRow,
  tryLock,
  writeStreams,
} from './outbox.store.ts';
import { Publisher } from './publisher.ts';
import { settle } from './settle.ts';
import { StreamBackOff } from './stream-back-off.ts';

/** Events of one pass: enough for the full rate, few enough to be marked soon after. At the largest size they take 64 MB. */
export const PASS_EVENTS = 1000;
/**
 * For how long a pass goes on sending, in milliseconds. With the 2 s of the last acknowledgement this stays below the 5 s after which
 * PostgreSQL ends a transaction that idles, so that a relay that was frozen stops before the next one begins.
 */
const SEND_MS = 1_500;
/** How long a pass waits for what the broker says of streams, in milliseconds; as long as for an acknowledgement. */
const LOOK_MS = 2_000;

export interface RelayOptions {
  readonly database: Database;
  readonly bus: Bus;
  readonly log: BusLog;
}

/** What a pass did. */
export interface Pass {
  /** `away`: NATS is not there. `standby`: another relay is at work. */
  readonly state: 'worked' | 'standby' | 'away';
  /** Events that were published and marked. */
  readonly published: number;
  readonly refused: number;
  /** Whether there is something to do at once. */
  readonly more: boolean;
}

const NOTHING = { state: 'worked', published: 0, refused: 0, more: false } as const;

/** `runOnce` publishes one portion; the loop around it says when. */
export class Relay {
  readonly #database: Database;
  readonly #bus: Bus;
  readonly #log: BusLog;
  readonly #registry: SchemaRegistry;
  readonly #endReconnect: () => void;
  #publisher: Publisher | undefined;
  /** Rises with everything that makes what is known of streams doubtful. What a pass learnt across such a moment does not count. */
  #doubts = 0;
  /** Streams that were looked at since the connection came up. */
  readonly #verified = new Set<string>();
  /**
   * Streams that an acknowledgement says have lost something, with the epoch in which it said so: in a later one that is mended. The epoch that
   * we raise may be told to us before our commit, so what follows the commit is no place to end a suspicion.
   */
  readonly #suspects = new Map<string, number>();
  readonly #backOff: StreamBackOff;
  /** Verified streams whose epoch the broker did not say: they take events, and are looked at again after a pause. */
  readonly #epochless = new StreamBackOff();
  /** Streams that are looked at now. */
  readonly #looks = new Set<string>();
  /** Streams that are ahead of the outbox: told once. */
  readonly #ahead = new Set<string>();
  /** Fingerprints that were registered since the connection came up. */
  readonly #registered = new Set<string>();

  constructor(options: RelayOptions) {
    this.#database = options.database;
    this.#bus = options.bus;
    this.#log = options.log;
    this.#backOff = new StreamBackOff(options.log);
    this.#registry = new SchemaRegistry(() => options.bus.bucket(SCHEMAS_BUCKET));
    this.#endReconnect = options.bus.onReconnect(() => this.distrust());
  }

  /** One bounded pass: at most `PASS_EVENTS` events, some four seconds. Returns how many were published. Throws what PostgreSQL or NATS throw. */
  async runOnce(): Promise<number> {
    return (await this.pass()).published;
  }

  async pass(): Promise<Pass> {
    if (!this.#bus.connected) return { ...NOTHING, state: 'away' };
    // What is remembered in here follows the commit: PostgreSQL may have ended the transaction meanwhile.
    const afterCommit: (() => void)[] = [];
    const doubts = this.#doubts;
    const pass = await this.#database.inTransaction((tx) => this.#work(tx, afterCommit));
    if (this.#certainSince(doubts)) for (const action of afterCommit) action();
    return pass;
  }

  /** Streams that took no events when they were tried last. */
  get failing(): readonly string[] {
    return this.#backOff.failing();
  }

  /** Looks at a stream (at all of them) again before the next event leaves. */
  distrust(stream?: string): void {
    this.#doubts++;
    if (stream !== undefined) {
      this.#verified.delete(stream);
      return;
    }
    this.#verified.clear();
    this.#registered.clear();
    this.#backOff.resume();
    this.#epochless.resume();
  }

  /** To be called when no pass is under way. */
  close(): void {
    this.#endReconnect();
    this.#publisher?.close();
  }

  #certainSince(doubts: number): boolean {
    return this.#bus.connected && this.#doubts === doubts;
  }

  async #work(tx: Tx, afterCommit: (() => void)[]): Promise<Pass> {
    if (!(await tryLock(tx))) return { ...NOTHING, state: 'standby' };
    const doubts = this.#doubts;
    const streams = new Map((await readStreams(tx)).map((row) => [row.stream, row]));
    // Ours is looked at also where nothing was published yet: the database may be a new one, and the stream an old one.
    const { service } = this.#database;
    if (!streams.has(service)) streams.set(service, unseen(service));
    const held = this.#backOff.pausing();
    const unsure = [...streams.values()].filter(
      (row) => !held.includes(row.stream) && (this.#isUnsure(row.stream) || this.#isSuspect(row)),
    );
    if (unsure.length > 0) return this.#verify(tx, unsure, afterCommit);

    const rows = await readUnpublished(tx, PASS_EVENTS, held);
    if (rows.length < PASS_EVENTS) this.#forgetFailures(held, rows);
    if (rows.length === 0) return NOTHING;
    const fresh = [...new Set(rows.map((row) => row.stream))].filter((stream) => !streams.has(stream));
    if (fresh.length > 0) return this.#verify(tx, fresh.map(unseen), afterCommit);

    const { registered, unreadable } = await registerSchemas(tx, this.#registry, rows, this.#registered);
    const lost = new Set(unreadable.map(({ position }) => position));
    const good = rows.filter((row) => !lost.has(row.position));
    const sendUntil = performance.now() + SEND_MS;
    this.#publisher ??= new Publisher(this.#bus);
    const messages = good.map((row) => outgoing(this.#bus.namespace, this.#database.service, row));
    const outcomes = await this.#publisher.publish(messages, sendUntil);
    // The server may have come back with less than it had: acknowledgements then say nothing about the stream that was looked at.
    if (!this.#certainSince(doubts)) return { ...NOTHING, more: true };
    const settled = settle(good, outcomes, streams);
    const refused = [...settled.refused, ...unreadable];
    await markPublished(tx, settled.marks);
    await markRefused(tx, refused);
    await writeStreams(tx, settled.streams);

    afterCommit.push(() => {
      for (const fingerprint of registered) this.#registered.add(fingerprint);
      for (const { position, reason } of refused)
        this.#log.error(`Outbox row ${position} is set aside: ${reason}`);
      for (const stream of settled.regressed) this.#suspects.set(stream, streams.get(stream)?.epoch ?? 0);
      for (const { stream } of settled.streams) this.#backOff.succeeded(stream);
      for (const [stream, failure] of settled.failed) this.#hold(stream, failure.reason, failure.missing);
    });
    return {
      state: 'worked',
      published: settled.marks.length,
      refused: refused.length,
      more:
        settled.regressed.size > 0 ||
        (settled.marks.length > 0 && (rows.length === PASS_EVENTS || settled.unsent)),
    };
  }

  async #verify(tx: Tx, streams: readonly StreamRow[], afterCommit: (() => void)[]): Promise<Pass> {
    // Side by side: a dead stream must not delay the others.
    const looks = await Promise.all(streams.map((own) => this.#lookAt(own.stream)));
    for (const [index, own] of streams.entries()) {
      const look = looks[index];
      if (look === undefined) continue;
      try {
        const found = await verifyStream(tx, this.#bus, own, look, this.#isSuspect(own));
        afterCommit.push(() => this.#trust(found));
      } catch (error) {
        // Other streams may be well. What PostgreSQL throws has ended the transaction.
        if (!(error instanceof NatsError)) throw error;
        this.#hold(own.stream, reasonOf(error), false);
      }
    }
    return { ...NOTHING, more: true };
  }

  /**
   * Streams that failed, and were found well since by a look, have nothing to publish that could show it. `rows` is all that is unpublished in
   * streams that do not pause.
   */
  #forgetFailures(held: readonly string[], rows: readonly { readonly stream: string }[]): void {
    const busy = new Set([...held, ...rows.map(({ stream }) => stream)]);
    for (const stream of this.#backOff.failing()) if (!busy.has(stream)) this.#backOff.succeeded(stream);
  }

  /** What the broker says of a stream. Undefined: it does not answer in time, and the stream is held. One look at a time goes on. */
  async #lookAt(stream: string): Promise<StreamLook | undefined> {
    const begun = this.#looks.has(stream) ? undefined : lookAtStream(this.#bus, stream);
    const ended = begun?.finally(() => this.#looks.delete(stream));
    if (ended !== undefined) this.#looks.add(stream);
    // It may fail after we have ceased to wait.
    ended?.catch(() => {});
    try {
      const look = await Promise.race([ended, delay(LOOK_MS, undefined, { ref: false })]);
      if (look === undefined) this.#hold(stream, `no answer within ${LOOK_MS} ms`, false);
      return look;
    } catch (error) {
      // Only the broker was asked. Other streams may be well.
      this.#hold(stream, reasonOf(error), false);
      return undefined;
    }
  }

  #isSuspect({ stream, epoch }: StreamRow): boolean {
    return this.#suspects.get(stream) === epoch;
  }

  #isUnsure(stream: string): boolean {
    if (!this.#verified.has(stream)) return true;
    return this.#epochless.isFailing(stream) && !this.#epochless.pausing().includes(stream);
  }

  #trust({ stream, changed, epoch, putBack, epochKnown, ahead }: Verification): void {
    this.#suspects.delete(stream);
    if (ahead !== null && !this.#ahead.has(stream)) {
      this.#log.error(
        `The stream of ${stream} is ahead of this database, which was restored to an older state: events between ${ahead[0]} and ${ahead[1]} ` +
          `are not in the outbox of ${this.#database.service}. See docs/runbook.md; in the REPL: orphans ${this.#database.service}`,
      );
    }
    if (ahead !== null) this.#ahead.add(stream);
    else if (this.#ahead.delete(stream))
      this.#log.info(`The stream of ${stream} is no longer ahead of this database`);
    if (epochKnown) this.#epochless.succeeded(stream);
    else this.#epochless.failed(stream);
    if (!changed) {
      this.#verified.add(stream);
      return;
    }
    // Looked at once more under the new epoch. The bucket of schemas may have lost something with the stream.
    this.#verified.delete(stream);
    this.#registered.clear();
    this.#log.warn(`The stream of ${stream} is in epoch ${epoch} now; ${putBack} events are published again`);
  }

  #hold(stream: string, reason: string, missing: boolean): void {
    if (missing) this.#verified.delete(stream);
    this.#backOff.failed(stream, reason);
  }
}

function reasonOf(error: unknown): string {
  return (error instanceof NatsError ? error.api_error?.description : undefined) ?? messageOf(error);
}

function unseen(stream: string): StreamRow {
  return { stream, epoch: 0, highestSequence: 0, highestEventId: null };
}
