/** The streams that a rebuild reads, over NATS. */
import { firstLostSince, readEpoch } from '#mixins/bus/epochs.ts';
import type { ConsumerLogger } from '#mixins/consumer/context.ts';
import { type ConsumerSettings, consumersIn } from '#mixins/consumer/definition.ts';
import { Replay, removeReplay, replayName, replayProgress, streamReach } from '#mixins/consumer/replay.ts';
import type { Database } from '#mixins/database/database.ts';
import { durableName, streamName } from '#mixins/names.ts';
import type { Platform } from '#mixins/platform.ts';
import { buildingConsumers, liveConsumers } from '../consumers.handler.ts';
import type { SnapshotReach } from './rebuild.ts';
import { copySnapshot, takeSnapshot } from './snapshot.client.ts';
import { followedEpochs, type Positions, type Snapshot } from './snapshot.store.ts';

/** The operations on streams that a rebuild needs. All of them throw while NATS is unavailable. */
export type Streams = ReturnType<typeof streamsOf>;

const suffixOf = (number: number): string => `g${number}`;

export function streamsOf(
  database: Database,
  platform: Platform,
  logger: ConsumerLogger,
  settings: Partial<ConsumerSettings>,
) {
  const { bus, config } = platform;
  const { service } = database;
  const consumers = consumersIn(config.product, liveConsumers);
  /**
   * What the live figures have: an acknowledged event was committed. Throws where a consumer has
   * not followed a loss of its stream.
   */
  async function positions(): Promise<Positions> {
    const followed = await database.inTransaction(followedEpochs);
    const found = Object.entries(consumers).map(async ([key, { stream }]) => {
      const durable = durableName(service, key);
      const { epoch } = await readEpoch(bus, stream);
      if (followed.get(durable) !== epoch)
        throw new Error(`${durable} has not followed epoch ${epoch} of ${stream}`);
      const info = await bus.manager.consumers.info(streamName(bus.namespace, stream), durable);
      return [stream, { position: info.ack_floor.stream_seq, epoch }] as const;
    });
    return Object.fromEntries(await Promise.all(found));
  }
  return {
    /** Takes the snapshot that was requested. */
    takeSnapshot: async () => takeSnapshot(database, await positions()),
    /** Copies it into a generation. False: another node does it now. */
    copySnapshot: (number: number) => copySnapshot(database, number),
    /** Up to where a snapshot has the streams as they are now: they may have lost events since. */
    async reachOf({ positions: known }: Snapshot): Promise<SnapshotReach> {
      const found = Object.entries(known).map(async ([stream, { position, epoch }]) => {
        const lost = firstLostSince(await readEpoch(bus, stream), epoch) ?? Number.POSITIVE_INFINITY;
        return [stream, Math.min(position, lost - 1)] as const;
      });
      return Object.fromEntries(await Promise.all(found));
    },
    reach: () => Promise.all(Object.values(consumers).map(({ stream }) => streamReach(bus, stream))),
    /** Starts or continues reading all streams for a generation. */
    read(number: number) {
      const suffix = suffixOf(number);
      const definitions = consumersIn(config.product, buildingConsumers(number));
      const replay = new Replay({ service, suffix, definitions, database, platform, logger, settings });
      replay.start();
      return replay;
    },
    progress: (number: number) => replayProgress(bus, service, consumers, suffixOf(number)),
    /** Deletes the durables of a generation. */
    remove: (number: number) => removeReplay(bus, service, consumers, suffixOf(number)),
    /** The consumers of a generation, each with the live one that it corresponds to. */
    pairs: (number: number) =>
      Object.keys(consumers).map((key) => ({
        replay: replayName(service, key, suffixOf(number)),
        live: durableName(service, key),
      })),
  };
}
