/** SQL of the snapshot of the figures, and of requests for one. */
import type { Tx } from '#mixins/database/database.ts';

/** By owning service: everything up to the position is in the snapshot. */
export type Positions = Readonly<
  Record<string, { readonly position: number /** Of the stream then. */; readonly epoch: number }>
>;

export interface Snapshot {
  /** The partitions with its rows: 2 or 3. */
  readonly slot: number;
  readonly positions: Positions;
  readonly takenAt: Date;
}

export async function readSnapshot(tx: Tx): Promise<Snapshot | null> {
  const [row] = await tx.rows<Snapshot>('SELECT slot, positions, taken_at AS "takenAt" FROM snapshot');
  return row ?? null;
}

export async function requestSnapshot(tx: Tx): Promise<void> {
  await tx.run('INSERT INTO snapshot_request DEFAULT VALUES');
}

export async function isSnapshotRequested(tx: Tx): Promise<boolean> {
  return (await tx.rows('SELECT FROM snapshot_request LIMIT 1')).length > 0;
}

/** The epochs that the live consumers have followed, by their names. */
export async function followedEpochs(tx: Tx): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.rows<{ consumer: string; epoch: number }>(
    'SELECT consumer, epoch FROM consumer_epoch',
  );
  return new Map(rows.map(({ consumer, epoch }) => [consumer, epoch]));
}
