/** When a rebuild may begin, and when it may become live (ANA-5). */
import type { Targets } from './generation.ts';

/** What of a stream is still there. */
export interface Reach {
  /** As NATS calls it. */
  readonly stream: string;
  /** 1 when nothing was removed from the beginning. */
  readonly first: number;
  /** Messages after it that are not there any more. */
  readonly missing: number;
  /** Services whose databases were restored to an older state than the stream; their events in it are orphaned. */
  readonly ahead: readonly string[];
}

/** How far a rebuild has read a stream. */
export interface Progress {
  /** The service that owns the stream. */
  readonly service: string;
  readonly applied: number;
  readonly caughtUp: boolean;
}

const WAY_OUT =
  'The live figures are untouched, and stay right. To rebuild all the same, restore the stream from a backup that begins with its ' +
  'first event (nats stream restore), or restore the database of analytics from a backup: it catches up from the streams by itself.';

/** Why figures can't be made of these streams alone, with the way out; null when they can. */
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
  return short.length === 0 ? null : `The streams no longer reach back: ${short.join('; ')}. ${WAY_OUT}`;
}

/** A projection of which the live generation holds more than the new one. */
export interface Shortfall {
  readonly what: string;
  readonly live: number;
  readonly rebuilt: number;
}

/** A stream may have lost events and begin with 1 all the same, when it was made anew: it shows in what comes of it. */
export function shortfallReason(shortfalls: readonly Shortfall[]): string {
  const list = shortfalls
    .map(({ what, live, rebuilt }) => `${what}: ${rebuilt} instead of ${live}`)
    .join('; ');
  return `The streams no longer hold all that the live figures are made of (${list}). ${WAY_OUT}`;
}

/** Whether everything up to the targets was read. A stream that lost its tail ends before its target: then nothing is left to read. */
export function isThrough(targets: Targets, progress: readonly Progress[]): boolean {
  return Object.entries(targets).every(([service, target]) => {
    const stream = progress.find((each) => each.service === service);
    return stream !== undefined && (stream.applied >= target || stream.caughtUp);
  });
}
