/**
 * What the consumers of a process have read of recent messages. An event goes to several consumers,
 * mostly within moments. Reading its headers and its data takes longer than all else that a consumer
 * does with it in JavaScript, so it is read once.
 */
import type { JsMsg } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';

/** The most messages of a stream that are remembered: its latest. */
const CAPACITY = 1_024;
/**
 * Larger messages are not remembered, in bytes of data. They are rare, and a thousand of them would
 * keep 100 MB.
 */
const MAX_DATA = 4_096;

/** What was read of a message. All of it is immutable. */
export interface Content {
  /** The first value of each header. The library's look-ups go through all names. */
  readonly headers: ReadonlyMap<string, string>;
  /** Parts of it, by what was read. */
  readonly parts: Map<unknown, unknown>;
}

interface Remembered extends Content {
  readonly sequence: number;
  readonly storedAt: number;
  readonly data: Uint8Array;
}

/** The recent messages of one connection. */
export class RecentMessages {
  /** By stream; each message has its place by its sequence. */
  readonly #streams = new Map<string, Remembered[]>();

  /** The same object for each delivery of a message, while it is remembered. */
  contentOf(message: JsMsg): Content {
    const { stream, streamSequence: sequence, timestampNanos: storedAt } = message.info;
    const { data } = message;
    const places = this.#streams.get(stream) ?? [];
    if (places.length === 0) this.#streams.set(stream, places);
    const place = sequence % CAPACITY;
    const known = places[place];
    // A restored stream may have another message under this sequence.
    const isSame = known?.sequence === sequence && known.storedAt === storedAt;
    if (isSame && Buffer.compare(known.data, data) === 0) return known;
    const headers = new Map<string, string>();
    for (const [name, [value = '']] of message.headers ?? []) headers.set(name, value);
    if (data.length > MAX_DATA) return { headers, parts: new Map() };
    // A copy: the data of a message are a part of what came over the network at once.
    const content = { headers, parts: new Map(), sequence, storedAt, data: Buffer.from(data) };
    places[place] = content;
    return content;
  }
}

const recent = new WeakMap<Bus, RecentMessages>();

/** One for all consumers of a node. */
export function recentMessagesOf(bus: Bus): RecentMessages {
  const known = recent.get(bus) ?? new RecentMessages();
  recent.set(bus, known);
  return known;
}
