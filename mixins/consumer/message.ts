/** A message as the consumers' functions see it: from the broker, or from a test. */
import { createHash } from 'node:crypto';
import type { JsMsg } from 'nats';
import { truncate } from '#schemas/text.ts';
import type { Content, RecentMessages } from './recent.ts';

/** The parts of a message that are decoded. */
export interface Encoded {
  /** The subject of its publishing; null for a message that was read from a table. */
  readonly subject: string | null;
  readonly streamSequence: number;
  readonly data: Uint8Array;
  /** Parts that were read before, by what was read. Other deliveries may share them. */
  readonly parts: Map<unknown, unknown>;
  header(name: string): string | undefined;
}

export interface Message extends Encoded {
  readonly stream: string;
  /** Number of deliveries, with this one. */
  readonly deliveries: number;
  headers(): Readonly<Record<string, string>>;
  /** To be called after the commit. Never throws: without it the broker delivers again. */
  ack(): void;
  /** Returns it, to be delivered again after this many milliseconds. Never throws. */
  nak(delayMs?: number): void;
  /** Restarts the acknowledgement time at the broker. Never throws. */
  working(): void;
  /** Whether it was acknowledged or returned. */
  readonly settled: boolean;
}

/** A message of a durable. A plain class for speed: there are thousands a second. */
export class DurableMessage implements Message {
  readonly #message: JsMsg;
  readonly #recent: RecentMessages;
  #known: Content | undefined;
  #settled = false;

  constructor(message: JsMsg, recent: RecentMessages) {
    this.#message = message;
    this.#recent = recent;
  }

  get subject(): string {
    return this.#message.subject;
  }

  get stream(): string {
    return this.#message.info.stream;
  }

  get streamSequence(): number {
    return this.#message.seq;
  }

  get data(): Uint8Array {
    return this.#message.data;
  }

  get deliveries(): number {
    return this.#message.info.deliveryCount;
  }

  get settled(): boolean {
    return this.#settled;
  }

  header(name: string): string | undefined {
    return this.#content.headers.get(name);
  }

  headers(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#content.headers);
  }

  get parts(): Map<unknown, unknown> {
    return this.#content.parts;
  }

  get #content(): Content {
    this.#known ??= this.#recent.contentOf(this.#message);
    return this.#known;
  }

  ack(): void {
    this.#settled = true;
    send(() => this.#message.ack());
  }

  nak(delayMs?: number): void {
    this.#settled = true;
    send(() => this.#message.nak(delayMs));
  }

  working(): void {
    send(() => this.#message.working());
  }
}

/** A closed connection throws at the call. The broker delivers such a message again anyway. */
function send(answer: () => void): void {
  try {
    answer();
  } catch {
    // The comment above says why.
  }
}

/**
 * The event's id in lower case. A message without a readable id gets its digest, which is the same
 * at each delivery.
 */
export function eventKeyOf(message: Message): string {
  const id = message.header('ce-id') ?? '';
  return /^[0-9a-f-]{36}$/i.test(id) ? id.toLowerCase() : digestOf(message);
}

/** SHA-256 of all that a message contains, in hex. */
export function digestOf(message: Message): string {
  const digest = createHash('sha256').update(message.subject ?? '');
  return digest.update(JSON.stringify(message.headers())).update(message.data).digest('hex');
}

/** The event's subject, also of a broken message: operators see what is readable. */
export function subjectIn(message: Message): string | undefined {
  const value = message.header('ce-subject');
  try {
    return value === undefined ? undefined : decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** The event's version; undefined where it is unreadable. */
export function sequenceIn(message: Message): number | undefined {
  const sequence = Number(message.header('ce-sequence'));
  return Number.isSafeInteger(sequence) && sequence > 0 ? sequence : undefined;
}

/** Longest names and values of headers that are kept, in code points. */
const MAX_HEADER_NAME = 2_000;
const MAX_HEADER_VALUE = 100_000;

/** Headers as text that PostgreSQL can store. */
export function storableHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      storable(name, MAX_HEADER_NAME),
      storable(value, MAX_HEADER_VALUE),
    ]),
  );
}

/** At most `max` code points, without NUL and lone surrogates, which PostgreSQL can't store. */
export function storable(text: string, max: number): string {
  return truncate(text, max).replaceAll('\0', '\uFFFD');
}
