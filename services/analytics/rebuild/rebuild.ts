/** When a rebuild may begin, and when it may become live (ANA-5). */
import type { Targets } from './generation.ts';

/** The part of a stream that still exists. */
export interface Reach {
  /** The name of the stream in NATS. */
  readonly stream: string;
  /** 1 when nothing was removed from the beginning. */
  readonly first: number;
  /** The number of messages that are missing after it. */
  readonly missing: number;
  /**
   * Services whose databases were restored to a state older than the stream. Their later events in
   * it are orphaned.
   */
  readonly ahead: readonly string[];
}

/** How far a rebuild has read a stream. */
export interface Progress {
  /** The service that owns the stream. */
  readonly service: string;
  readonly applied: number;
  readonly caughtUp: boolean;
}

const HINT =
  'The live figures are untouched, and stay right. To rebuild all the same, restore the stream from a backup that begins with its ' +
  'first event (nats stream restore), or restore the database of analytics from a backup: it catches up from the streams by itself.';

/** Why these streams alone can't give the figures, with a hint; null when they can. */
export function obstacleIn(reaches: readonly Reach[]): string | null {
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
export function isThrough(targets: Targets, progress: readonly Progress[]): boolean {
  return Object.entries(targets).every(([service, target]) => {
    const stream = progress.find((each) => each.service === service);
    return stream !== undefined && (stream.applied >= target || stream.caughtUp);
  });
}
