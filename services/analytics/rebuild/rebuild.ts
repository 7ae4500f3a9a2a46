/**
 * Generations of the projections: one is live, and one may be built beside it (ANA-5). When a
 * rebuild may begin, and when it may become live.
 */
import type { ReplayProgress, StreamReach } from '#mixins/consumer/replay.ts';

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
  /** The partitions that it uses: `number % 2`. So successive generations use different ones. */
  readonly slot: number;
  readonly state: GenerationState;
  /**
   * Whether the snapshot is still to be copied into it. Until then nothing else is written to it.
   */
  readonly copying: boolean;
  readonly targets: Targets | null;
  readonly reason: string | null;
  readonly startedAt: Date;
  readonly liveAt: Date | null;
  readonly endedAt: Date | null;
}

const HINT =
  'The live figures are untouched, and stay right. To rebuild all the same, restore the stream from a backup that begins with its ' +
  'first event (nats stream restore), or restore the database of analytics from a backup: it catches up from the streams by itself.';

/** By owning service, the position up to which a snapshot has everything. Null: there is none. */
export type SnapshotReach = Readonly<Record<string, number>> | null;

export type RebuildStart =
  | { readonly from: 'streams' | 'snapshot' }
  /** Why neither can give the figures, with a hint. */
  | { readonly from: 'nothing'; readonly obstacle: string };

/**
 * A rebuild starts from the beginning of the streams where they have it, because that also repairs
 * what is wrong in a snapshot.
 */
export function startOf(
  reaches: readonly Omit<StreamReach, 'last'>[],
  snapshot: SnapshotReach,
): RebuildStart {
  const obstacle = obstacleIn(reaches);
  if (obstacle === null) return { from: 'streams' };
  const isCovered = (reach: Omit<StreamReach, 'last'>) =>
    reach.ahead.length === 0 && reach.missing === 0 && reach.first - 1 <= (snapshot?.[reach.service] ?? 0);
  return reaches.every(isCovered) ? { from: 'snapshot' } : { from: 'nothing', obstacle };
}

/** Why these streams alone can't give the figures, with a hint; null when they can. */
function obstacleIn(reaches: readonly Omit<StreamReach, 'service' | 'last'>[]): string | null {
  const ahead = [...new Set(reaches.flatMap((reach) => reach.ahead))].sort();
  if (ahead.length > 0) {
    const commands = ahead.map((service) => `orphans ${service} --skip`).join('; ');
    return `The databases of ${ahead.join(', ')} were restored to an older state than the streams. Let the orphaned events be skipped first: npm run repl, ${commands}`;
  }
  const short = reaches
    .filter(({ first, missing }) => first > 1 || missing > 0)
    .map(({ stream, first, missing }) =>
      first > 1
        ? `${stream} begins with event ${first}: what came before is gone`
        : `${missing} events are gone from the middle of ${stream}`,
    );
  return short.length === 0 ? null : `The streams no longer reach back: ${short.join('; ')}. ${HINT}`;
}

/** A measure in which the live generation is above the new one. */
export interface Shortfall {
  readonly what: string;
  readonly live: number;
  readonly rebuilt: number;
}

/**
 * A stream that was recreated may have lost events although it begins with 1. The comparison
 * reveals that.
 */
export function shortfallReason(shortfalls: readonly Shortfall[]): string {
  const list = shortfalls
    .map(({ what, live, rebuilt }) => `${what}: ${rebuilt} instead of ${live}`)
    .join('; ');
  return `The streams no longer hold all that the live figures are made of (${list}). ${HINT}`;
}

/**
 * Whether everything up to the targets was read. A stream that lost its tail ends before its
 * target; then nothing is left to read.
 */
export function isThrough(targets: Targets, progress: readonly ReplayProgress[]): boolean {
  return Object.entries(targets).every(([service, target]) => {
    const stream = progress.find((each) => each.service === service);
    return stream !== undefined && (stream.applied >= target || stream.caughtUp);
  });
}
