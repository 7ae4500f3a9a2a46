/** The streams that a rebuild reads, over NATS. */
import type { ConsumerLogger } from '#mixins/consumer/context.ts';
import { type ConsumerSettings, consumersIn } from '#mixins/consumer/definition.ts';
import { Replay, removeReplay, replayName, replayProgress, streamReach } from '#mixins/consumer/replay.ts';
import type { Database } from '#mixins/database/database.ts';
import { durableName } from '#mixins/names.ts';
import type { Platform } from '#mixins/platform.ts';
import { buildingConsumers, liveConsumers } from '../consumers.handler.ts';

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
  return {
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
