/** The rebuild of the figures of analytics. */
import type { Command } from '#mixins/repl/command.ts';
import { Refusal } from '#mixins/repl/explain.ts';
import type { RebuildStatus } from '../rebuild/rebuild.handler.ts';

export const rebuild: Command = {
  command: 'rebuild',
  description: 'Figures of analytics: the live generation, and the progress of a rebuild',
  place: 250,
  options: [
    { option: '--start', description: 'rebuild them from the streams, beside the live ones' },
    { option: '--cancel', description: 'cancel the rebuild that is under way' },
  ],
  async run(cluster, { options }, print) {
    if (options.start !== undefined && options.cancel !== undefined) {
      throw new Refusal('Either --start or --cancel');
    }
    if (options.start !== undefined) {
      const { generation } = await cluster.act<{ generation: number }>('analytics', 'rebuild.start');
      return print.line(`Generation ${generation} is being built. How far it is: rebuild`);
    }
    if (options.cancel !== undefined) {
      await cluster.act('analytics', 'rebuild.cancel');
      return print.line('The rebuild was cancelled; the live figures are unchanged');
    }
    const status = await cluster.ask<RebuildStatus>('analytics', 'rebuild.status');
    print.line(`Generation ${status.live.generation} is live`);
    print.line(describeRebuild(status));
  },
};

/** The progress of a rebuild, in one line. */
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
