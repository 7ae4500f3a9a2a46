/** Finds the running system for commands that join it. */
import type { Config } from '../../config.ts';
import { withOperatorUser } from '../../mixins/bus/nats-user.ts';
import { findAddresses } from './addresses.ts';
import { LaunchError } from './launch-error.ts';

/**
 * The configuration with the addresses of the system: named by variables, or found in the data folder. The database stays null where only
 * NATS is known. A command is no node whose health is asked for: it leaves the socket to the node beside it. Throws `LaunchError` where NATS is
 * not known either.
 */
export function located(given: Config): Config {
  const config = { ...withOperatorUser(given), healthSocket: null };
  if (config.natsUrls.length > 0) return config;
  const found = findAddresses(config.dataDir);
  if (found === null) {
    throw new LaunchError(
      `No system runs on the data folder ${config.dataDir}. Start it (npm start), name its folder with DATA_DIR, or set NATS_URL.`,
    );
  }
  return {
    ...config,
    natsUrls: found.natsUrl.split(','),
    databaseUrl: config.databaseUrl ?? found.databaseUrl,
    keySecret: config.keySecret ?? (config.databaseUrl === null ? found.keySecret : null),
  };
}
