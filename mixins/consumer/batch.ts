/**
 * Sorts the messages of a batch: to handle, to acknowledge unread, unreadable for ever, or for now.
 */
import { holds, type Run } from '../bus/runs.ts';
import type { Decoded, Decoder } from './decode.ts';
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
  const items = new Map<string, { item: Item; messages: Message[] }>();
  const unread: Message[] = [];
  const poison: Unreadable[] = [];
  const later: Unreadable[] = [];
  const inOrder = messages.toSorted((a, b) => a.streamSequence - b.streamSequence);
  for (const message of inOrder) {
    if (holds(skipped, message.streamSequence)) {
      unread.push(message);
      continue;
    }
    const decoded = await decoder.decode(message);
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
        addItem(items, decoded, message);
        break;
      default:
        throw decoded satisfies never;
    }
  }
  return { items: [...items.values()].map(({ item }) => item), unread, poison, later };
}

function addItem(
  items: Map<string, { item: Item; messages: Message[] }>,
  decoded: Extract<Decoded, { kind: 'event' }>,
  message: Message,
): void {
  const key = eventKeyOf(message);
  const known = items.get(key);
  if (known === undefined) {
    const messages = [message];
    const item = { key, delivery: decoded.delivery, messages };
    items.set(key, { item: { ...item, deliveries: message.deliveries }, messages });
    return;
  }
  known.messages.push(message);
  const deliveries = Math.max(known.item.deliveries, message.deliveries);
  items.set(key, { item: { ...known.item, deliveries }, messages: known.messages });
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
