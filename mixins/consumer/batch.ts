/**
 * Sorts the messages of a batch into those to handle, those to acknowledge without reading, those
 * that can never be read, and those that can't be read yet.
 */
import { holds, type Run } from '#mixins/bus/runs.ts';
import type { Decoder } from './decode.ts';
import type { Delivery } from './definition.ts';
import { eventKeyOf, type Message } from './message.ts';

/** One event of a batch, with all its messages. */
export interface Item {
  /** The event's id. */
  readonly key: string;
  readonly delivery: Delivery;
  readonly messages: readonly Message[];
  /** The highest number of deliveries among its messages. */
  readonly deliveries: number;
}

export interface Unreadable {
  readonly message: Message;
  readonly error: Error;
}

export interface SortedBatch {
  /** In the order of the stream. */
  readonly items: readonly Item[];
  readonly unread: readonly Message[];
  /** Can't be decoded, or breaks its contract. No repetition changes that. */
  readonly poison: readonly Unreadable[];
  /** The writer's schema is not known yet. */
  readonly later: readonly Unreadable[];
}

/**
 * Messages of one event become one item. Messages at `skipped` sequences stay unread. Never throws
 * for an unreadable message.
 */
export async function sortOut(
  messages: readonly Message[],
  decoder: Decoder,
  skipped: readonly Run[] = [],
): Promise<SortedBatch> {
  const events: Event[] = [];
  const unread: Message[] = [];
  const poison: Unreadable[] = [];
  const later: Unreadable[] = [];
  const inOrder = messages.toSorted((a, b) => a.streamSequence - b.streamSequence);
  for (const message of inOrder) {
    if (holds(skipped, message.streamSequence)) {
      unread.push(message);
      continue;
    }
    const outcome = decoder.decode(message);
    const decoded = outcome instanceof Promise ? await outcome : outcome;
    switch (decoded.kind) {
      case 'unread':
        unread.push(message);
        break;
      case 'poison':
        poison.push({ message, error: decoded.error });
        break;
      case 'later':
        later.push({ message, error: decoded.error });
        break;
      case 'event':
        events.push({ message, delivery: decoded.delivery });
        break;
      default:
        throw decoded satisfies never;
    }
  }
  return { items: itemsOf(events), unread, poison, later };
}

interface Event {
  readonly message: Message;
  readonly delivery: Delivery;
}

interface Gathered extends Item {
  readonly messages: Message[];
  deliveries: number;
}

function itemsOf(events: readonly Event[]): Item[] {
  const byKey = new Map<string, Gathered>();
  for (const { message, delivery } of events) {
    const key = eventKeyOf(message);
    const { deliveries } = message;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { key, delivery, messages: [message], deliveries });
    else {
      known.messages.push(message);
      known.deliveries = Math.max(known.deliveries, deliveries);
    }
  }
  return [...byKey.values()];
}

/** The newest delivery of each aggregate, in the order in which the aggregates first came. */
export function newestOfEach<D extends { readonly subject: string; readonly sequence: number }>(
  deliveries: readonly D[],
): D[] {
  const newest = new Map<string, D>();
  for (const delivery of deliveries) {
    const known = newest.get(delivery.subject);
    if (known === undefined || known.sequence < delivery.sequence) newest.set(delivery.subject, delivery);
  }
  return [...newest.values()];
}
