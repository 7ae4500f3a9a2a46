/**
 * The servers of plays: a bus, and one database for each service. It is migrated once and restored
 * between plays.
 */
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import type { Database } from '#mixins/database/database.ts';
import { DatabaseLifecycle } from '#mixins/database/lifecycle.ts';
import { makeDatabase } from '#mixins/database/transaction.ts';
import type { Config } from '../../../config.ts';
import { dropNamespace, testConfig } from '../config.ts';
import { keepPristine } from '../pristine.ts';

/** The part of a stage for one service. */
interface Floor {
  /** Restores the state of a new database. */
  clear(): Promise<Database>;
  close(): Promise<void>;
}

/** Whose database it is. */
export interface Place {
  readonly service: string;
  readonly migrations: URL;
}

export interface Stage {
  readonly config: Config;
  readonly bus: Bus;
  /**
   * The service's database in the state after its migrations. Its previous user must have finished.
   */
  cleared(place: Place): Promise<Database>;
  close(): Promise<void>;
}

/** The bus is only for the registry of schemas. It publishes and delivers nothing. */
export async function openBus(): Promise<{
  readonly config: Config;
  readonly bus: Bus;
  close(): Promise<void>;
}> {
  const config = testConfig();
  const bus = createBus(config);
  await bus.start();
  return {
    config,
    bus,
    close: async () => {
      await bus.stop();
      await dropNamespace(config);
    },
  };
}

export async function openStage(): Promise<Stage> {
  const { config, bus, close } = await openBus();
  const floors = new Map<string, Promise<Floor>>();
  return {
    config,
    bus,
    async cleared(place) {
      const floor = floors.get(place.service) ?? layFloor(config, place);
      floors.set(place.service, floor);
      return await (await floor).clear();
    },
    async close() {
      for (const floor of await Promise.allSettled(floors.values())) {
        if (floor.status === 'fulfilled') await floor.value.close();
      }
      await close();
    },
  };
}

async function layFloor(config: Config, { service, migrations }: Place): Promise<Floor> {
  const quiet = () => {};
  const log = { info: quiet, warn: quiet, error: quiet };
  const lifecycle = new DatabaseLifecycle({ config, service, migrations, log });
  const { sequelize, primary } = await lifecycle.open();
  const pristine = await keepPristine(config, service);
  return {
    async clear() {
      await pristine.restore();
      // A new object, because caches belong to the object of a database.
      return makeDatabase({ service, sequelize, primary, onError: quiet });
    },
    async close() {
      await pristine.close();
      await lifecycle.close();
    },
  };
}
