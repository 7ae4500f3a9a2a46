/**
 * The spans of published events, one for each event of a recorded trace: from its sending until
 * the broker has stored it. The header of the message names this span, so the spans of consumers
 * are below it.
 */
import { eventAttributes } from '#mixins/tracing/event-attributes.ts';
import type { TraceSpan, Traces } from '#mixins/tracing/traces.ts';
import { isRecorded, readTraceparent, toTraceparent } from '#schemas/traceparent.ts';
import type { OutboxRow } from './outbox.store.ts';
import type { Outcome, PublishWatch } from './publisher.ts';

export class PublishSpans implements PublishWatch {
  readonly #traces: Traces;
  readonly #service: string;
  readonly #rows: readonly OutboxRow[];
  readonly #running = new Map<number, TraceSpan>();

  /** `rows` are the events of one call of the publisher, in its order. */
  constructor(traces: Traces, service: string, rows: readonly OutboxRow[]) {
    this.#traces = traces;
    this.#service = service;
    this.#rows = rows;
  }

  sent(index: number): void {
    const row = this.#rows[index];
    if (row === undefined || !isRecorded(row.traceparent)) return;
    const span = this.#traces.below(row.traceparent, `publish ${row.type}`, {
      kind: 'producer',
      service: this.#service,
      spanId: spanIdOf(row),
      attributes: {
        'messaging.destination.name': row.stream,
        ...eventAttributes({ ...row, id: row.eventId, subject: row.aggregate }),
      },
    });
    if (span !== undefined) this.#running.set(index, span);
  }

  settled(index: number, { state }: Outcome): void {
    const span = this.#running.get(index);
    if (span === undefined) return;
    this.#running.delete(index);
    if (state === 'stored') span.end();
    else span.end({ type: state });
  }
}

/**
 * The row as it is published. It depends on the row alone, not on the node or the attempt: an event
 * that is sent again has the same headers.
 */
export function publishedRow(row: OutboxRow): OutboxRow {
  const context = readTraceparent(row.traceparent);
  if (context === null || !context.isSampled) return row;
  return { ...row, traceparent: toTraceparent({ ...context, spanId: spanIdOf(row) }) };
}

/** The last 16 digits of the event's UUID. The first of them is never 0, as the form requires. */
function spanIdOf({ eventId }: OutboxRow): string {
  return eventId.split('-').slice(3).join('');
}
