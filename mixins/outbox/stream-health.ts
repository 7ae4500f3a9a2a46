/**
 * What a relay remembers of streams: which of them it has verified, and which take no events now.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { NatsError } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import type { Tx } from '#mixins/database/database.ts';
import type { Log } from '#mixins/log.ts';
import { messageOf } from '#schemas/text.ts';
import { lookAtStream, type StreamLook, type Verification, verifyStream } from './lost-tail.ts';
import type { StreamRow } from './outbox.store.ts';
import type { Settled } from './settle.ts';
import { StreamBackOff } from './stream-back-off.ts';

/** Time limit of a look at a stream, in milliseconds; that of an acknowledgement is the same. */
const LOOK_MS = 2_000;

export class StreamHealth {
  readonly #bus: Bus;
  readonly #log: Log;
  /** Streams that were verified since the connection was made. */
  readonly #verified = new Set<string>();
  /**
   * Streams with a loss, which an acknowledgement showed, and their epoch then. A later epoch ends
   * the suspicion. Our commit can't end it: other nodes may see the new epoch before that.
   */
  readonly #suspects = new Map<string, number>();
  readonly #backOff: StreamBackOff;
  /**
   * Verified streams whose epoch the broker did not give: they take events, and are verified again
   * after a pause.
   */
  readonly #epochless = new StreamBackOff();
  /** Streams whose look goes on: another one would wait just as long. */
  readonly #looks = new Set<string>();
  /** Streams that are ahead of the outbox, to log that once. */
  readonly #ahead = new Set<string>();

  constructor(bus: Bus, log: Log) {
    this.#bus = bus;
    this.#log = log;
    this.#backOff = new StreamBackOff(log);
  }

  /** Streams that took no events at the last attempt. */
  get failing(): readonly string[] {
    return this.#backOff.failing();
  }

  /** Streams to leave alone now. */
  pausing(): string[] {
    return this.#backOff.pausing();
  }

  /** Whether a stream must be verified before the next event is sent to it. */
  isUnsure({ stream, epoch }: StreamRow): boolean {
    if (!this.#verified.has(stream) || this.#suspects.get(stream) === epoch) return true;
    return this.#epochless.isFailing(stream) && !this.#epochless.pausing().includes(stream);
  }

  /** Makes a stream, or all of them, unsure. */
  distrust(stream?: string): void {
    if (stream !== undefined) {
      this.#verified.delete(stream);
      return;
    }
    this.#verified.clear();
    this.#backOff.resume();
    this.#epochless.resume();
  }

  /**
   * Verifies streams in the transaction with the relay's lock. Returns what is known of those that
   * answered.
   */
  async verify(tx: Tx, rows: readonly StreamRow[]): Promise<Verification[]> {
    // In parallel: a stream without an answer must not delay the others.
    const looks = await Promise.all(rows.map(({ stream }) => this.#lookAt(stream)));
    const verified: Verification[] = [];
    for (const [index, row] of rows.entries()) {
      const look = looks[index];
      if (look === undefined) continue;
      try {
        const isSuspect = this.#suspects.get(row.stream) === row.epoch;
        verified.push(await verifyStream(tx, this.#bus, row, look, isSuspect));
      } catch (error) {
        // Other streams may work. An error of PostgreSQL has ended the transaction.
        if (!(error instanceof NatsError)) throw error;
        this.#backOff.failed(row.stream, reasonOf(error));
      }
    }
    return verified;
  }

  /**
   * The broker's answer about a stream; undefined, and a pause of the stream, where none comes in
   * time.
   */
  async #lookAt(stream: string): Promise<StreamLook | undefined> {
    try {
      const look = await Promise.race([this.#startLook(stream), delay(LOOK_MS, undefined, { ref: false })]);
      if (look === undefined) this.#backOff.failed(stream, `no answer within ${LOOK_MS} ms`);
      return look;
    } catch (error) {
      this.#backOff.failed(stream, reasonOf(error));
      return undefined;
    }
  }

  /** Undefined where an earlier look still goes on. */
  #startLook(stream: string): Promise<StreamLook> | undefined {
    if (this.#looks.has(stream)) return undefined;
    this.#looks.add(stream);
    const look = lookAtStream(this.#bus, stream).finally(() => this.#looks.delete(stream));
    // It may fail after its time limit.
    look.catch(() => {});
    return look;
  }

  /** Remembers the result of a verification, after the commit. */
  trust({ stream, changed, epoch, putBack, epochKnown, ahead }: Verification, service: string): void {
    this.#suspects.delete(stream);
    if (ahead !== null && !this.#ahead.has(stream)) {
      this.#log.error(
        `The stream of ${stream} is ahead of this database, which was restored to an older state: events between ${ahead[0]} and ${ahead[1]} ` +
          `are not in the outbox of ${service}. See docs/runbook.md; in the REPL: orphans ${service}`,
      );
    }
    if (ahead !== null) this.#ahead.add(stream);
    else if (this.#ahead.delete(stream)) {
      this.#log.info(`The stream of ${stream} is no longer ahead of this database`);
    }
    if (epochKnown) this.#epochless.succeeded(stream);
    else this.#epochless.failed(stream);
    if (!changed) {
      this.#verified.add(stream);
      return;
    }
    // It is verified once more, in the new epoch.
    this.#verified.delete(stream);
    this.#log.warn(`The stream of ${stream} is in epoch ${epoch} now; ${putBack} events are published again`);
  }

  /** Remembers how the streams took the events of a pass, after the commit. */
  noteSettled(settled: Settled, before: ReadonlyMap<string, StreamRow>): void {
    for (const stream of settled.regressed) this.#suspects.set(stream, before.get(stream)?.epoch ?? 0);
    for (const { stream } of settled.streams) this.#backOff.succeeded(stream);
    for (const [stream, { reason, missing }] of settled.failed) {
      if (missing) this.#verified.delete(stream);
      this.#backOff.failed(stream, reason);
    }
  }

  /**
   * Ends the failure of streams that have no event left to show it: neither in `rows`, which are
   * all unpublished events of streams without a pause, nor in a pause.
   */
  forgetFailures(pausing: readonly string[], rows: readonly { readonly stream: string }[]): void {
    const busy = new Set([...pausing, ...rows.map(({ stream }) => stream)]);
    for (const stream of this.failing) if (!busy.has(stream)) this.#backOff.succeeded(stream);
  }
}

function reasonOf(error: unknown): string {
  return (error instanceof NatsError ? error.api_error?.description : undefined) ?? messageOf(error);
}
