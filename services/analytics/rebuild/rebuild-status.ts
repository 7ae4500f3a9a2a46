/** How far a rebuild of the figures is, in words. */
import type { RebuildStatus } from './rebuild.handler.ts';

/** One line. */
export function describeRebuild({ rebuild }: RebuildStatus): string {
  if (rebuild === null) return 'Nothing was ever rebuilt';
  const { number, state, reason, streams } = rebuild;
  switch (state) {
    case 'building': {
      const parts = streams.map(
        ({ service, applied, target }) => `${service} ${applied} of ${target ?? '…'}`,
      );
      return `Generation ${number}: ${parts.join(', ') || 'beginning'}`;
    }
    case 'live':
      return `Generation ${number} is complete, and live`;
    case 'retired':
      return `Generation ${number} was live until another one took its place`;
    default:
      return `Generation ${number} was ${state}: ${reason}`;
  }
}
