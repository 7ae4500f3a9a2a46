/**
 * Server-sent events (ANA-4): the result of an action, sent to every reader at once and after each
 * change.
 *
 * The node calls the action at an interval, once for all readers, and only while it has readers.
 * The alternative is a stream from the node that runs the action. It would break with that node or
 * with the broker, would have to be reopened elsewhere without a gap, and would cost one stream per
 * reader. Polling costs the same for any number of readers. It survives the restart of every other
 * service and coalesces changes.
 *
 * The id of an event is a digest of its data, so it is the same on every node and after every
 * restart. A reader that reconnects anywhere gets an event only if there is something new.
 */
import { hash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Outage } from '#mixins/outage.ts';
import { Problem } from '#schemas/errors.ts';

/** Limits of a node's feeds. */
export interface FeedSettings {
  /** Milliseconds between two calls of the action, and so between two events. */
  readonly intervalMs: number;
  /**
   * After this many milliseconds without an event a comment is sent, so that proxies and clients
   * keep the connection.
   */
  readonly heartbeatMs: number;
  /**
   * A reader that has not taken the sent data for this many milliseconds is dropped. It gets no
   * events meanwhile; the newest event replaces them all.
   */
  readonly slowMs: number;
  /** The most readers of all feeds of a node. Each costs a connection and some 10 KB. */
  readonly maxReaders: number;
  /** The most readers of one user. */
  readonly maxReadersOfUser: number;
}

/** The settings that operators cannot change. */
export const FEED_SETTINGS: Omit<FeedSettings, 'maxReadersOfUser'> = {
  intervalMs: 500,
  heartbeatMs: 15_000,
  slowMs: 10_000,
  maxReaders: 1_000,
};

/** Headers of an event stream: proxies must not buffer it. */
export const FEED_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'X-Accel-Buffering': 'no',
} as const;
/** Milliseconds after which a disconnected client should reconnect. */
const RETRY_MS = 1_000;
const ID_LENGTH = 16;
/** Seconds after which a refused client may retry. */
const RETRY_AFTER_SECONDS = 5;

/** What a feed sends, and who may read it. */
export interface FeedOptions {
  /** The name of the events. */
  readonly event: string;
  /** Calls the action with the token of an authorised user. */
  readonly ask: (token: string) => Promise<unknown>;
  /** Throws when a token is no longer valid. Reads only this node's memory. */
  readonly verify: (token: string) => Promise<unknown>;
  /** The slots for readers of all feeds of the node. */
  readonly slots: ReaderSlots;
  /** Records whether the action can be called. */
  readonly outage: Pick<Outage, 'failed' | 'over'>;
  readonly settings: FeedSettings;
}

/** A reader of a feed. */
export interface FeedReader {
  readonly userId: string;
  readonly token: string;
}

interface Answer {
  readonly id: string;
  readonly data: string;
  /** The time of the answer, in milliseconds. */
  readonly at: number;
}

interface ConnectedReader {
  readonly res: ServerResponse;
  readonly token: string;
  /** The id of the last event that was sent. */
  lastId: string;
  writtenAt: number;
  /** The time since when it has not taken the sent data; undefined if it has. */
  blockedSince: number | undefined;
}

/** Counts the readers of a node and of each user. */
export class ReaderSlots {
  readonly #max: number;
  readonly #maxOfUser: number;
  readonly #ofUser = new Map<string, number>();
  #taken = 0;

  constructor({ maxReaders, maxReadersOfUser }: Pick<FeedSettings, 'maxReaders' | 'maxReadersOfUser'>) {
    this.#max = maxReaders;
    this.#maxOfUser = maxReadersOfUser;
  }

  get taken(): number {
    return this.#taken;
  }

  /**
   * Throws `too_many_requests` when the user has no slot left, and `service_unavailable` when the
   * node has none: another node may have one.
   */
  take(userId: string): void {
    const own = this.#ofUser.get(userId) ?? 0;
    if (own >= this.#maxOfUser) {
      const text = 'You have reached the limit of event streams';
      throw new Problem('too_many_requests', text, { retryAfter: RETRY_AFTER_SECONDS });
    }
    if (this.#taken >= this.#max) {
      const text = 'This node has reached its limit of event streams';
      throw new Problem('service_unavailable', text, { retryAfter: RETRY_AFTER_SECONDS });
    }
    this.#taken += 1;
    this.#ofUser.set(userId, own + 1);
  }

  free(userId: string): void {
    this.#taken -= 1;
    const left = (this.#ofUser.get(userId) ?? 0) - 1;
    if (left > 0) this.#ofUser.set(userId, left);
    else this.#ofUser.delete(userId);
  }
}

/** The readers of one route. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #readers = new Set<ConnectedReader>();
  #newest: Answer | undefined;
  #asking: Promise<Answer> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  get readers(): number {
    return this.#readers.size;
  }

  /**
   * Adds a reader whose token was verified. Resolves when the first bytes are sent. Throws the
   * action's errors before that, so that the client gets an ordinary answer. `lastId` is the id of
   * the last event that the client got from any node.
   */
  async open(res: ServerResponse, { userId, token }: FeedReader, lastId: string | undefined): Promise<void> {
    const { slots, settings } = this.#options;
    // The client disconnected during authentication. Its `close` event is over, so it would never
    // free a slot.
    if (res.destroyed) return;
    slots.take(userId);
    res.once('close', () => slots.free(userId));
    const answer = await this.#fresh(token);
    if (this.#stopped) throw new Problem('service_unavailable');
    // The client disconnected during the call.
    if (res.destroyed) return;
    const reader: ConnectedReader = {
      res,
      token,
      lastId: lastId ?? '',
      writtenAt: 0,
      blockedSince: undefined,
    };
    res.writeHead(200, FEED_HEADERS);
    write(reader, `retry: ${RETRY_MS}\n\n`);
    this.#readers.add(reader);
    res.once('close', () => this.#forget(reader));
    this.#tell(reader, answer);
    this.#timer ??= setInterval(() => void this.#turn(), settings.intervalMs).unref();
  }

  /** Ends all streams; clients reconnect to another node. */
  stop(): void {
    this.#stopped = true;
    for (const { res } of this.#readers) res.end();
  }

  #forget(reader: ConnectedReader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /**
   * Returns the answer of the last interval, or calls the action. Concurrent readers share one
   * call.
   */
  async #fresh(token: string): Promise<Answer> {
    const known = this.#newest;
    if (known !== undefined && Date.now() - known.at < this.#options.settings.intervalMs) return known;
    this.#asking ??= this.#ask(token).finally(() => {
      this.#asking = undefined;
    });
    return await this.#asking;
  }

  async #ask(token: string): Promise<Answer> {
    const data = JSON.stringify(await this.#options.ask(token));
    const id = hash('sha256', data, 'base64url').slice(0, ID_LENGTH);
    this.#newest = { id, data, at: Date.now() };
    return this.#newest;
  }

  /**
   * One interval: drops readers whose token has expired, and sends new data or a keep-alive to the
   * others. Never rejects.
   */
  async #turn(): Promise<void> {
    for (const reader of this.#readers) {
      this.#dropSlow(reader);
      // Awaited one by one: the check reads memory and rarely takes more than a microtask.
      const holds = await this.#options.verify(reader.token).then(
        () => true,
        () => false,
      );
      if (!holds) reader.res.end();
    }
    const [asker] = [...this.#readers].filter(({ res }) => !res.writableEnded);
    if (asker === undefined || this.#asking !== undefined) return;
    try {
      const answer = await this.#fresh(asker.token);
      this.#options.outage.over();
      for (const reader of this.#readers) this.#tell(reader, answer);
    } catch (error) {
      // Readers keep the last event. They get a new one when the action can be called again.
      this.#options.outage.failed(error);
      for (const reader of this.#readers) this.#keepAlive(reader);
    }
  }

  #tell(reader: ConnectedReader, { id, data }: Answer): void {
    if (reader.lastId === id) {
      this.#keepAlive(reader);
      return;
    }
    if (!canTake(reader)) return;
    reader.lastId = id;
    write(reader, `event: ${this.#options.event}\nid: ${id}\ndata: ${data}\n\n`);
  }

  #keepAlive(reader: ConnectedReader): void {
    if (!canTake(reader)) return;
    if (Date.now() - reader.writtenAt >= this.#options.settings.heartbeatMs) write(reader, ':\n\n');
  }

  /** Drops a reader that has not taken the sent data for too long, even if the stream has ended. */
  #dropSlow(reader: ConnectedReader): void {
    if (hasTaken(reader.res)) {
      reader.blockedSince = undefined;
      return;
    }
    reader.blockedSince ??= Date.now();
    if (Date.now() - reader.blockedSince >= this.#options.settings.slowMs) reader.res.destroy();
  }
}

/**
 * Whether all sent data has left for the reader. An ended response never reports that it needs a
 * drain.
 */
function hasTaken(res: ServerResponse): boolean {
  return res.writableEnded ? res.writableFinished : !res.writableNeedDrain;
}

function canTake({ res }: ConnectedReader): boolean {
  return !res.writableEnded && !res.destroyed && !res.writableNeedDrain;
}

function write(reader: ConnectedReader, text: string): void {
  reader.res.write(text);
  reader.writtenAt = Date.now();
}
