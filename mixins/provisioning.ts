/** What a step of `npm run provision` is given, and returns. */
import type { Config } from '../config.ts';
import type { Database } from './database/database.ts';

export interface ProvisionOptions {
  readonly config: Config;
  /** Gets short lines of progress, without secrets. */
  readonly print: (line: string) => void;
}

/** Variables with which services get what was prepared, by name. The values may be secrets. */
export type ServiceVariables = Readonly<Record<string, string>>;

/** May run any number of times, beside running services. */
export type ProvisionStep = (options: ProvisionOptions) => Promise<ServiceVariables>;

/** What a service's step of `npm run restore` is given. */
export interface RestoreStepOptions {
  /** The variables. Servers that they do not name are those of the data folder. */
  readonly config: Config;
  /** A file that the backup has of the data folder. Null where it has none of this name. */
  read(name: string): string | null;
  /** Writes a file of the data folder. */
  write(name: string, content: string): void;
}

/**
 * The default export of `services/<name>/restore.client.ts`: what a service adds when its tables
 * are restored, before any node starts on them. It may be repeated.
 */
export type RestoreStep = (options: RestoreStepOptions) => Promise<void>;

/**
 * The default export of `services/<name>/provision.handler.ts`: what a service adds, in its
 * migrated database.
 */
export type ServiceStep = (options: ProvisionOptions, database: Database) => Promise<ServiceVariables>;
