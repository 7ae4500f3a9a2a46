/** Generations of the projections: one is live, and one may be built beside it (ANA-5). */

export type GenerationState =
  /** Readers see it. */
  | 'live'
  /** It is filled from the beginning of the streams and not read. */
  | 'building'
  /** It was live until another generation became live. */
  | 'retired'
  /** It can't become live; `reason` says why. */
  | 'refused'
  /** An operator cancelled it. */
  | 'cancelled';

/**
 * By owning service, the sequence of each stream that a rebuild must reach before it may become
 * live.
 */
export type Targets = Readonly<Record<string, number>>;

export interface Generation {
  /** 1, 2, 3 … */
  readonly number: number;
  /** The partitions that it uses: 0 or 1. */
  readonly slot: number;
  readonly state: GenerationState;
  readonly targets: Targets | null;
  readonly reason: string | null;
  readonly startedAt: Date;
  readonly liveAt: Date | null;
  readonly endedAt: Date | null;
}

/** Successive generations use different partitions. */
export function slotOf(number: number): number {
  return number % 2;
}
