/** Generations of the projections: one is live, one may be building beside it (ANA-5). */

export type GenerationState =
  /** What is read. */
  | 'live'
  /** Filled from the beginning of the streams; not read. */
  | 'building'
  /** Was live until another one was. */
  | 'retired'
  /** Can't become live; `reason` says why. */
  | 'refused'
  /** Given up by an operator. */
  | 'cancelled';

/** The sequence of each stream, by the service that owns it, up to which a rebuild must have read before it may be live. */
export type Targets = Readonly<Record<string, number>>;

export interface Generation {
  /** 1, 2, 3 … */
  readonly number: number;
  /** The partitions that it fills: 0 or 1. */
  readonly slot: number;
  readonly state: GenerationState;
  readonly targets: Targets | null;
  readonly reason: string | null;
  readonly startedAt: Date;
  readonly liveAt: Date | null;
  readonly endedAt: Date | null;
}

/** Two generations next to each other never share their partitions. */
export function slotOf(number: number): number {
  return number % 2;
}
