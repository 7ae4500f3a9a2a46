/** Checks a nats-server binary before it is used. */
import { spawnSync } from 'node:child_process';

/** The oldest version with pull consumers by `consume()`. */
const OLDEST_NATS = '2.9.4';

export interface NatsBinary {
  readonly path: string;
  /** Such as 2.9.10. */
  readonly version: string;
}

/** The binary if it runs on this machine and is new enough. Otherwise what is wrong with it. */
export function inspectBinary(path: string): NatsBinary | { readonly trouble: string } {
  const run = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  if (run.status !== 0)
    return { trouble: `${path} does not run (${run.error?.message ?? run.stderr.trim()})` };
  const version = /v?(\d+\.\d+\.\d+)/.exec(run.stdout)?.[1];
  if (version === undefined) return { trouble: `${path} does not tell its version: ${run.stdout.trim()}` };
  if (version.localeCompare(OLDEST_NATS, 'en', { numeric: true }) < 0) {
    return { trouble: `${path} is ${version}, older than ${OLDEST_NATS}` };
  }
  return { path, version };
}
