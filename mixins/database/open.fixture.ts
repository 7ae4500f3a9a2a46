/** Opens a database for one test, with the tables of `fixture/`. */
import { type Log, SILENT } from '#mixins/log.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import type { Database } from './database.ts';
import { DatabaseLifecycle, type OpenOptions } from './lifecycle.ts';

export const FIXTURE_MIGRATIONS = new URL('./fixture/', import.meta.url);

export const silent: Log = SILENT;

export interface TestDatabase {
  readonly config: Config;
  readonly database: Database;
  readonly lifecycle: DatabaseLifecycle;
  close(): Promise<void>;
}

export async function openTestDatabase(
  overrides: Partial<Config> = {},
  log = silent,
  bounds: Pick<OpenOptions, 'answerWithinMs'> = {},
): Promise<TestDatabase> {
  const config = testConfig(overrides);
  const lifecycle = new DatabaseLifecycle({
    config,
    service: 'things',
    migrations: FIXTURE_MIGRATIONS,
    log,
    ...bounds,
  });
  const database = await lifecycle.open();
  return {
    config,
    database,
    lifecycle,
    async close() {
      await lifecycle.close();
      await dropNamespace(config);
    },
  };
}
