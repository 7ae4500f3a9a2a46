/**
 * The spans of an attempt at a batch. Each event of a recorded trace has one of its own in its
 * trace, although all events share the transaction. A span of the batch with links to its events
 * would leave the way of one event in hundreds of other traces (ADR 42).
 */
import { eventAttributes } from '#mixins/tracing/event-attributes.ts';
import type { TraceSpan } from '#mixins/tracing/traces.ts';
import { isRecorded } from '#schemas/traceparent.ts';
import type { Item } from './batch.ts';
import type { ConsumerContext } from './context.ts';
import type { Delivery } from './definition.ts';

/**
 * Events that are older have no spans: a replay or a new consumer reads them, and their traces are
 * long over. In milliseconds.
 */
const MAX_AGE_MS = 24 * 60 * 60_000;

export class AttemptSpans {
  readonly #spans: ReadonlyMap<string, TraceSpan>;

  private constructor(spans: ReadonlyMap<string, TraceSpan>) {
    this.#spans = spans;
  }

  /** Undefined where no event needs a span. */
  static begin(
    { traces, name, database }: ConsumerContext,
    items: readonly Item[],
  ): AttemptSpans | undefined {
    if (traces === undefined) return undefined;
    const spans = new Map<string, TraceSpan>();
    const oldest = Date.now() - MAX_AGE_MS;
    for (const { delivery } of items) {
      if (!isRecorded(delivery.traceparent) || delivery.time.getTime() < oldest) continue;
      const span = traces.below(delivery.traceparent, `consume ${name}`, {
        kind: 'consumer',
        service: database.service,
        attributes: {
          'messaging.consumer.group.name': name,
          'messaging.batch.message_count': items.length,
          ...eventAttributes(delivery),
        },
      });
      if (span !== undefined) spans.set(delivery.id, span);
    }
    return spans.size === 0 ? undefined : new AttemptSpans(spans);
  }

  /** The delivery, for which everything that follows from it is below its span. */
  within(delivery: Delivery): Delivery {
    const span = this.#spans.get(delivery.id);
    return span === undefined ? delivery : { ...delivery, traceparent: span.traceparent };
  }

  end(error?: object): void {
    for (const span of this.#spans.values()) span.end(error);
  }
}
