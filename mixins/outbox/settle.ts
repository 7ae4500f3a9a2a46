/** What to write down after a pass. Pure. */
import type { Mark, OutboxRow, Refusal, StreamRow } from './outbox.store.ts';
import type { Outcome } from './publisher.ts';

export interface Settled {
  readonly marks: readonly Mark[];
  readonly refused: readonly Refusal[];
  /** Streams whose highest sequence rose. */
  readonly streams: readonly StreamRow[];
  /** Streams that acknowledged a new event at or below what they had acknowledged before: they lost their tail. */
  readonly regressed: ReadonlySet<string>;
  /** Streams that did not take an event, with the first reason. */
  readonly failed: ReadonlyMap<string, { readonly reason: string; readonly missing: boolean }>;
  /** Whether events were left for another pass. */
  readonly unsent: boolean;
}

/**
 * An event stays unmarked, and is sent again under the same id, when its publishing failed, when nothing is known of it, and when it was
 * stored by a stream that has lost its tail: that stream's new epoch is not known yet, and a mark under the old one would be put back.
 */
export function settle(
  rows: readonly OutboxRow[],
  outcomes: readonly Outcome[],
  streams: ReadonlyMap<string, StreamRow>,
): Settled {
  const marks: Mark[] = [];
  const refused: Refusal[] = [];
  const highest = new Map<string, StreamRow>();
  const regressed = new Set<string>();
  const failed = new Map<string, { reason: string; missing: boolean }>();
  let unsent = false;
  for (const [index, row] of rows.entries()) {
    const outcome = outcomes[index];
    const known = streams.get(row.stream);
    if (outcome === undefined || known === undefined) continue;
    switch (outcome.state) {
      case 'stored': {
        if (!outcome.duplicate && outcome.sequence <= known.highestSequence) regressed.add(row.stream);
        if (regressed.has(row.stream)) break;
        marks.push({ position: row.position, sequence: outcome.sequence, epoch: known.epoch });
        const before = highest.get(row.stream) ?? known;
        if (outcome.sequence > before.highestSequence) {
          highest.set(row.stream, {
            ...known,
            highestSequence: outcome.sequence,
            highestEventId: row.eventId,
          });
        }
        break;
      }
      case 'refused':
        refused.push({ position: row.position, reason: outcome.reason });
        break;
      case 'unknown':
        if (!failed.has(row.stream)) {
          failed.set(row.stream, { reason: outcome.reason, missing: outcome.missing });
        }
        break;
      case 'unsent':
        unsent = true;
        break;
      default:
        outcome satisfies never;
    }
  }
  return { marks, refused, streams: [...highest.values()], regressed, failed, unsent };
}
