/**
 * Server-sent events (ANA-4): what an action returns, told to everyone who reads it, at once and whenever it has changed.
 *
 * The node asks the action itself, at an interval and once for all its readers, and only while it has some. The alternative, a stream from
 * the node that runs the action, would break with that node or with the broker, would have to be opened again somewhere else without a
 * gap, and would cost a stream a reader. A question costs the same however many read, survives the restart of every service but
 * this one, and coalesces changes by itself. An event's id is a digest of what it tells: it is the same on every node and
 * after every restart, so that a reader who comes back anywhere is told exactly if there is something new.
 */
import { hash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Outage } from '#mixins/outage.ts';
import { Problem } from '#schemas/errors.ts';

/** Bounds of a node's feeds. */
export interface FeedSettings {
  /** Milliseconds between two questions: no reader is told more often. */
  readonly intervalMs: number;
  /** A comment is sent after this many milliseconds without an event, so that neither proxies nor clients take the stream for dead. */
  readonly heartbeatMs: number;
  /** Who has not taken what was sent for this many milliseconds is dropped; events meanwhile are left out, as the newest one tells all. */
  readonly slowMs: number;
  /** Readers of all feeds of a node at once; each holds a connection and some 10 KB. */
  readonly maxReaders: number;
  /** Of them those of one user. */
  readonly maxReadersOfUser: number;
}

/** Those of the system that operators do not set. */
export const FEED_SETTINGS: Omit<FeedSettings, 'maxReadersOfUser'> = {
  intervalMs: 500,
  heartbeatMs: 15_000,
  slowMs: 10_000,
  maxReaders: 1_000,
};

/** Headers of a stream of events: proxies must not hold it back. */
export const FEED_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'X-Accel-Buffering': 'no',
} as const;
/** Milliseconds after which a client that lost its stream should come back. */
const RETRY_MS = 1_000;
const ID_LENGTH = 16;
/** Seconds after which to ask again for a place. */
const RETRY_AFTER_SECONDS = 5;

/** What a feed tells, and to whom it may. */
export interface FeedOptions {
  /** The events' name. */
  readonly event: string;
  /** Calls the action with the token of someone who may. */
  readonly ask: (token: string) => Promise<unknown>;
  /** Throws when a token no longer holds. Asks nobody but this node's memory. */
  readonly verify: (token: string) => Promise<unknown>;
  /** Readers of all feeds of the node. */
  readonly places: Places;
  /** Whether the action can be called. */
  readonly outage: Pick<Outage, 'failed' | 'over'>;
  readonly settings: FeedSettings;
}

/** Who reads. */
export interface FeedReader {
  readonly userId: string;
  readonly token: string;
}

interface Answer {
  readonly id: string;
  readonly data: string;
  /** Milliseconds. */
  readonly at: number;
}

interface ConnectedReader {
  readonly res: ServerResponse;
  readonly token: string;
  /** What it was told last. */
  lastId: string;
  writtenAt: number;
  /** Since when it has not taken what was sent; undefined: it has. */
  blockedSince: number | undefined;
}

/** Counts the readers of a node, and those of each user. */
export class Places {
  readonly #max: number;
  readonly #maxOfUser: number;
  readonly #ofUser = new Map<string, number>();
  #taken = 0;

  constructor({ maxReaders, maxReadersOfUser }: Pick<FeedSettings, 'maxReaders' | 'maxReadersOfUser'>) {
    this.#max = maxReaders;
    this.#maxOfUser = maxReadersOfUser;
  }

  /**
   * Throws `too_many_requests` where the user has as many as one may, `service_unavailable` when all are taken: another node may have
   * one.
   */
  take(userId: string): void {
    const own = this.#ofUser.get(userId) ?? 0;
    if (own >= this.#maxOfUser) {
      const text = 'You read as many streams of events as you may';
      throw new Problem('too_many_requests', text, { retryAfter: RETRY_AFTER_SECONDS });
    }
    if (this.#taken >= this.#max) {
      const text = 'This node has as many readers of live figures as it takes';
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

/** The readers of one route; see above. */
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
   * Begins to tell a reader whose token was verified; resolves when the first bytes are sent. Throws what the action does, before any: a
   * client that can't be told anything yet gets a proper answer. `lastId` is the id that it was told last, by any node.
   */
  async open(res: ServerResponse, { userId, token }: FeedReader, lastId: string | undefined): Promise<void> {
    const { places, settings } = this.#options;
    // It went away before it was known who it is: its end was told already, and would free no place.
    if (res.destroyed) return;
    places.take(userId);
    res.once('close', () => places.free(userId));
    const answer = await this.#fresh(token);
    if (this.#stopped) throw new Problem('service_unavailable');
    // It went away while it waited.
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

  /** Ends all streams; clients come back, to another node. */
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

  /** What was asked within the last interval, or asked now; once, however many come together. */
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

  /** One interval: whose token has ended is told no more; the others hear what is new, or that we are still here. Never rejects. */
  async #turn(): Promise<void> {
    for (const reader of this.#readers) {
      this.#dropSlow(reader);
      // Awaited one by one: it is a look into memory, and most often no more than a microtask.
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
      // Whoever reads keeps what was told last; there is something new when the action can be called again.
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

  /** Drops a reader that has not taken what was sent for too long, be it the end. */
  #dropSlow(reader: ConnectedReader): void {
    if (hasTaken(reader.res)) {
      reader.blockedSince = undefined;
      return;
    }
    reader.blockedSince ??= Date.now();
    if (Date.now() - reader.blockedSince >= this.#options.settings.slowMs) reader.res.destroy();
  }
}

/** Whether everything that was sent has left for the reader. What was ended never says that it needs to drain. */
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
