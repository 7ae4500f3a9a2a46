/** A message as the consumers' functions see it: from the broker, from a table, or from a test. */
import type { JsMsg } from 'nats';

export interface Message {
  /** The subject it was published under; null where it comes from a table. */
  readonly subject: string | null;
  readonly stream: string;
  readonly streamSequence: number;
  readonly data: Uint8Array;
  /** How often it was delivered, with this time. */
  readonly deliveries: number;
  header(name: string): string | undefined;
  headers(): Readonly<Record<string, string>>;
  /** Its effects are committed (or it has none). Never throws: what the broker does not hear it delivers again. */
  ack(): void;
  /** Gives it back, to be delivered again after this many milliseconds. Never throws. */
  nak(delayMs?: number): void;
  /** Tells the broker that it is still in work: the acknowledgement time starts anew. Never throws. */
  working(): void;
  /** Whether it was acknowledged or given back. */
  readonly settled: boolean;
}

/** A message of a durable. A plain class for speed: there are thousands a second. */
export class DurableMessage implements Message {
  readonly #message: JsMsg;
  #settled = false;

  constructor(message: JsMsg) {
    this.#message = message;
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
    const headers = this.#message.headers;
    return headers?.has(name) ? headers.get(name) : undefined;
  }

  headers(): Readonly<Record<string, string>> {
    const headers = this.#message.headers;
    return Object.fromEntries((headers?.keys() ?? []).map((key) => [key, headers?.get(key) ?? '']));
  }

  ack(): void {
    this.#settled = true;
    tell(() => this.#message.ack());
  }

  nak(delayMs?: number): void {
    this.#settled = true;
    tell(() => this.#message.nak(delayMs));
  }

  working(): void {
    tell(() => this.#message.working());
  }
}

/** A closed connection throws at the call; the broker then delivers again, which is what it would do anyway. */
function tell(action: () => void): void {
  try {
    action();
  } catch {
    // said above
  }
}

/** The event's subject, where it can be read at all: letters of broken messages show what is readable. */
export function subjectIn(message: Message): string | undefined {
  const value = message.header('ce-subject');
  try {
    return value === undefined ? undefined : decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** The event's version, where it can be read. */
export function sequenceIn(message: Message): number | undefined {
  const sequence = Number(message.header('ce-sequence'));
  return Number.isSafeInteger(sequence) && sequence > 0 ? sequence : undefined;
}

/** An event that was kept in a table: there is nobody to acknowledge it to. */
export interface StoredEvent {
  readonly stream: string;
  readonly streamSequence: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
  readonly deliveries: number;
}

/** An event out of a table: there is nothing to acknowledge. */
export function storedMessage(event: StoredEvent): Message {
  return {
    subject: null,
    stream: event.stream,
    streamSequence: event.streamSequence,
    data: event.payload,
    deliveries: event.deliveries,
    settled: true,
    header: (name) => event.headers[name],
    headers: () => event.headers,
    ack: () => {},
    nak: () => {},
    working: () => {},
  };
}
