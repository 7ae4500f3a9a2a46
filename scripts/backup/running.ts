/** The servers of a running system, for commands that need all rights on them. */
import type { Config } from '../../config.ts';
import { findAddresses, noSystem } from '../launcher/addresses.ts';

/** From variables, or from the data folder. Throws `LaunchError` where they are not known. */
export function running(config: Config): Config {
  const found = findAddresses(config.dataDir);
  const natsUrls = config.natsUrls.length > 0 ? config.natsUrls : (found?.natsUrl.split(',') ?? []);
  if (natsUrls.length === 0) throw noSystem(config, 'NATS_URL and DATABASE_URL');
  // The NATS of another system would not match the databases that were found.
  const ours = config.natsUrls.length === 0 ? (found?.databaseUrl ?? null) : null;
  const databaseUrl = config.databaseUrl ?? ours;
  if (databaseUrl === null && Object.keys(config.serviceDatabaseUrls).length === 0) {
    throw noSystem(config, 'DATABASE_URL');
  }
  return { ...config, natsUrls, databaseUrl, serviceNatsUrls: {} };
}
