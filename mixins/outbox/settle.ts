/** Decides what a pass notes of each event and stream. Pure. */
import type { Mark, OutboxRow, Refusal, StreamRow } from './outbox.store.ts';
import type { Outcome } from './publisher.ts';

export interface Settled {
  readonly marks: readonly Mark[];
  readonly refused: readonly Refusal[];
  /** Streams whose highest sequence rose. */
  readonly streams: readonly StreamRow[];
  /** Streams that stored a new event at or below their highest sequence: they lost their tail. */
  readonly regressed: ReadonlySet<string>;
  /** Streams that refused an event for now, with the first reason. */
  readonly failed: ReadonlyMap<string, { readonly reason: string; readonly missing: boolean }>;
  /** Whether events were left for another pass. */
  readonly unsent: boolean;
}

/**
 * An event stays unmarked, to be sent again under the same id, in three cases: its publishing
 * failed; its outcome is unknown; or its stream has lost its tail. In the last case the new epoch
 * is unknown yet, and a mark in the old epoch would be removed again.
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
