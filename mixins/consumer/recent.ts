/**
 * What the consumers of a process have read of recent messages. An event goes to several consumers,
 * mostly within moments. Reading its headers and its data takes longer than all else that a consumer
 * does with it in JavaScript, so it is read once.
 */
import type { JsMsg } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';

/** The most messages that are remembered. */
const CAPACITY = 2_048;

/** What was read of a message. All of it is immutable. */
export interface Content {
  /** The first value of each header. The library's look-ups go through all names. */
  readonly headers: ReadonlyMap<string, string>;
  /** Parts of it, by what was read. */
  readonly parts: Map<unknown, unknown>;
}

interface Remembered extends Content {
  readonly storedAt: number;
  readonly data: Uint8Array;
}

/** The recent messages of one connection. */
export class RecentMessages {
  readonly #byPlace = new Map<string, Remembered>();

  /** The same object for each delivery of a message, while it is remembered. */
  contentOf(message: JsMsg): Content {
    const { stream, streamSequence, timestampNanos: storedAt } = message.info;
    const place = `${stream} ${streamSequence}`;
    const known = this.#byPlace.get(place);
    // A restored stream may have another message at this place.
    if (known?.storedAt === storedAt && Buffer.compare(known.data, message.data) === 0) return known;
    const headers = new Map(Array.from(message.headers ?? [], ([name, values]) => [name, values[0] ?? '']));
    const content = { headers, parts: new Map(), storedAt, data: message.data };
    this.#byPlace.delete(place);
    this.#byPlace.set(place, content);
    if (this.#byPlace.size > CAPACITY) this.#forgetOldest();
    return content;
  }

  #forgetOldest(): void {
    for (const place of this.#byPlace.keys()) {
      this.#byPlace.delete(place);
      return;
    }
  }
}

const recent = new WeakMap<Bus, RecentMessages>();

/** One for all consumers of a node. */
export function recentMessagesOf(bus: Bus): RecentMessages {
  const known = recent.get(bus) ?? new RecentMessages();
  recent.set(bus, known);
  return known;
}
