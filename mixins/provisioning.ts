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

/**
 * The default export of `services/<name>/provision.handler.ts`: what a service adds, in its
 * migrated database.
 */
export type ServiceStep = (options: ProvisionOptions, database: Database) => Promise<ServiceVariables>;
