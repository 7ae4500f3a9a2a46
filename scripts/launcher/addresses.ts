/**
 * The addresses of a running system, for `npm run node` and the like: `addresses.json` in its data
 * folder.
 */
import { rmSync } from 'node:fs';
import { withOperatorUser } from '#mixins/bus/nats-user.ts';
import type { Config } from '../../config.ts';
import { readIfThere, writeWhole } from './files.ts';
import { LaunchError } from './launch-error.ts';
import { isRunning, type ProcessId, processOf } from './process.ts';

export interface Addresses {
  /** Includes user and password: only the file's owner can read it. */
  readonly natsUrl: string;
  readonly databaseUrl: string;
  /**
   * The secret that seals signing keys. Null where neither `KEY_SECRET` nor the data folder gives
   * one.
   */
  readonly keySecret: string | null;
  /** The address at which the system listens. */
  readonly address: string;
  /** The mail server: the catcher, or `SMTP_URL`. */
  readonly smtpUrl: string;
  /** The catcher's page; null where `SMTP_URL` is set. */
  readonly inbox: string | null;
}

/** The name of the address in the file; operators' scripts read it. */
const ADDRESS_KEY = 'gateway';

type Noted = Omit<Addresses, 'address'> & {
  readonly [ADDRESS_KEY]: string;
  readonly launcher: ProcessId | null;
};

const fileIn = (dataDir: string) => `${dataDir}/addresses.json`;

export function noteAddresses(dataDir: string, addresses: Addresses): void {
  const { address, ...others } = addresses;
  const noted: Noted = { ...others, [ADDRESS_KEY]: address, launcher: processOf(process.pid) };
  writeWhole(fileIn(dataDir), `${JSON.stringify(noted, null, 2)}\n`);
}

/** The addresses of the system that runs on this data folder; null when none does. */
export function findAddresses(dataDir: string): Addresses | null {
  const noted = read(dataDir);
  if (noted?.launcher == null || !isRunning(noted.launcher)) return null;
  const { [ADDRESS_KEY]: address, ...others } = noted;
  return { ...others, address };
}

/** Removes them if they are those of the launcher with this number. */
export function forgetAddresses(dataDir: string, launcher: number): void {
  if (read(dataDir)?.launcher?.pid === launcher) rmSync(fileIn(dataDir), { force: true });
}

function read(dataDir: string): Noted | null {
  const content = readIfThere(fileIn(dataDir));
  return content === null ? null : JSON.parse(content);
}

/**
 * For commands that join the system: the configuration with the system's addresses, from variables
 * or from the data folder. The database stays null where only NATS is known. A command has no
 * health check, so it leaves the health socket to the node beside it. Throws `LaunchError` where
 * NATS is not known either.
 */
export function located(given: Config): Config {
  const config = { ...withOperatorUser(given), healthSocket: null };
  if (config.natsUrls.length > 0) return config;
  const found = findAddresses(config.dataDir);
  if (found === null) throw noSystem(config, 'NATS_URL');
  return {
    ...config,
    natsUrls: found.natsUrl.split(','),
    databaseUrl: config.databaseUrl ?? found.databaseUrl,
    keySecret: config.keySecret ?? (config.databaseUrl === null ? found.keySecret : null),
  };
}

/** The error of a command that finds no system. `variable` is another way to name one. */
export function noSystem({ dataDir }: Pick<Config, 'dataDir'>, variable: string): LaunchError {
  return new LaunchError(
    `No system runs on the data folder ${dataDir}. Start it (npm start), name its folder with DATA_DIR, or set ${variable}.`,
  );
}
