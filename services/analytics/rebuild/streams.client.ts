/** The streams that a rebuild reads, over NATS. */
import type { ConsumerLogger } from '#mixins/consumer/context.ts';
import { type ConsumerSettings, consumersIn } from '#mixins/consumer/definition.ts';
import { Replay, removeReplay, replayName, replayProgress, streamReach } from '#mixins/consumer/replay.ts';
import type { Database } from '#mixins/database/database.ts';
import { durableName } from '#mixins/names.ts';
import type { Platform } from '#mixins/platform.ts';
import { buildingConsumers, liveConsumers } from '../consumers.handler.ts';
import type { Streams } from './rebuild.handler.ts';

const suffixOf = (number: number): string => `g${number}`;

export function streamsOf(
  service: string,
  database: Database,
  platform: Platform,
  logger: ConsumerLogger,
  settings: Partial<ConsumerSettings>,
): Streams {
  const { bus, config } = platform;
  const consumers = consumersIn(config.product, liveConsumers);
  return {
    reach: () => Promise.all(Object.values(consumers).map(({ stream }) => streamReach(bus, stream))),
    read(number) {
      const definitions = consumersIn(config.product, buildingConsumers(number));
      const replay = new Replay({
        service,
        suffix: suffixOf(number),
        definitions,
        database,
        platform,
        logger,
        settings,
      });
      replay.start();
      return replay;
    },
    progress: (number) => replayProgress(bus, service, consumers, suffixOf(number)),
    remove: (number) => removeReplay(bus, service, consumers, suffixOf(number)),
    pairs: (number) =>
      Object.keys(consumers).map((key) => ({
        replay: replayName(service, key, suffixOf(number)),
        live: durableName(service, key),
      })),
  };
}
