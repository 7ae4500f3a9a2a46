/** Versions in order: what a batch may apply, what must wait, what came before. */

export interface Versioned {
  readonly subject: string;
  readonly sequence: number;
}

export interface SequencePlan<V> {
  /** To be applied now: of each aggregate the versions that follow its position without a gap, in order. */
  readonly apply: readonly V[];
  /** Came before an earlier version of their aggregate. */
  readonly early: readonly V[];
  /** At or below the position: applied, or discarded, before. */
  readonly old: readonly V[];
  /** The new position of each aggregate that moves. */
  readonly positions: ReadonlyMap<string, number>;
}

/** `positions` of what was never applied are 0. */
export function planSequence<V extends Versioned>(
  events: readonly V[],
  positions: ReadonlyMap<string, number>,
): SequencePlan<V> {
  const apply: V[] = [];
  const early: V[] = [];
  const old: V[] = [];
  const moved = new Map<string, number>();
  for (const event of events.toSorted((a, b) => a.sequence - b.sequence)) {
    const position = moved.get(event.subject) ?? positions.get(event.subject) ?? 0;
    if (event.sequence <= position) old.push(event);
    else if (event.sequence > position + 1) early.push(event);
    else {
      apply.push(event);
      moved.set(event.subject, event.sequence);
    }
  }
  return { apply, early, old, positions: moved };
}
