/** What a service adds to a start by the launcher. */
import type { Config } from '../config.ts';

/** Small files in the data folder, which only their owner may read. */
export interface LaunchFiles {
  /** Null where there is no such file. */
  read(name: string): string | null;
  /** Replaces the file at once. */
  write(name: string, content: string): void;
  remove(name: string): void;
  /** The secret that the file keeps; drawn where there is none. */
  secret(name: string): string;
}

export interface LaunchOptions {
  readonly config: Config;
  readonly files: LaunchFiles;
}

/** Sends a POST to the running system, with a body as JSON. Throws where no answer comes. */
export type Post = (
  path: string,
  body: object,
) => Promise<{ readonly status: number; readonly body: string }>;

export interface Launch {
  /** Variables for the processes of services. */
  readonly variables: Readonly<Record<string, string>>;
  /** Its part of the line that says that the system is ready. */
  announce(post: Post): Promise<string>;
  /** Called when that line was shown. */
  announced(): void;
}

/** The default export of `services/<name>/launch.client.ts`. Called once, before services start. */
export type ServiceLaunch = (options: LaunchOptions) => Launch;
