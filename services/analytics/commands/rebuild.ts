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
    { option: '--snapshot', description: 'copy the live figures, so that a rebuild can start from the copy' },
    { option: '--cancel', description: 'cancel the rebuild that is under way' },
  ],
  async run(cluster, { options }, print) {
    if ([options.start, options.cancel, options.snapshot].filter((each) => each !== undefined).length > 1) {
      throw new Refusal('Only one of --start, --snapshot and --cancel');
    }
    if (options.snapshot !== undefined) {
      await cluster.act('analytics', 'rebuild.snapshot');
      return print.line('A snapshot of the live figures is taken soon. Whether it is there: rebuild');
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
    print.line(describeSnapshot(status));
  },
};

/** The snapshot from which a rebuild could start, in one line. */
export function describeSnapshot({ snapshot, isSnapshotRequested }: RebuildStatus): string {
  if (isSnapshotRequested) return 'A snapshot is being taken';
  if (snapshot === null) return 'There is no snapshot';
  return `A snapshot was taken at ${new Date(snapshot.takenAt).toISOString()}`;
}

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
