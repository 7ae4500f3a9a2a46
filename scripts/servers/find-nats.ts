/**
 * Finds a nats-server, in this order: `NATS_SERVER_BIN`; the PATH and the sbin folders; a cached
 * copy below the data folder; Debian's package, fetched and unpacked into the cache without
 * installing it; the pinned official release, its SHA-256 checked, into the cache.
 */
import { delimiter } from 'node:path';
import { LaunchError } from '../launcher/launch-error.ts';
import { inspectBinary, type NatsBinary } from './nats-binary.ts';
import { fetchDebianPackage } from './nats-debian.ts';
import { fetchRelease, RELEASE, type Release } from './nats-release.ts';

export interface NatsSearch {
  /** `NATS_SERVER_BIN`. */
  readonly fixed: string | null;
  /** The PATH. */
  readonly path: string;
  /** Folder for what is fetched; absolute. */
  readonly cache: string;
  readonly sbin?: readonly string[];
  /** Null leaves Debian's package out. */
  readonly debian?: typeof fetchDebianPackage | null;
  readonly release?: Release | null;
  /** Called before anything is fetched. */
  readonly progress?: (line: string) => void;
}

export interface FoundNats extends NatsBinary {
  /** Its origin, in a few words. */
  readonly from: string;
}

const SBIN = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/**
 * The first one that runs and is new enough. Throws a `LaunchError` with the attempts and a hint.
 */
export async function findNats(search: NatsSearch): Promise<FoundNats> {
  if (search.fixed !== null) return fixedBinary(search.fixed);
  const folders = [...search.path.split(delimiter), ...(search.sbin ?? SBIN)].filter(
    (folder) => folder !== '',
  );
  const tried: string[] = [];
  const look = (path: string, from: string): FoundNats | null => {
    const found = inspectBinary(path);
    if ('path' in found) return { ...found, from };
    if (!found.trouble.includes('ENOENT')) tried.push(found.trouble);
    return null;
  };
  for (const folder of new Set(folders)) {
    const found = look(`${folder}/nats-server`, 'of the system');
    if (found !== null) return found;
  }
  const cached = look(`${search.cache}/nats-server`, 'from the cache');
  if (cached !== null) return cached;
  const sources = [
    ["Debian's package", search.debian === undefined ? fetchDebianPackage : search.debian],
    ['the official release', releaseFetcher(search.release === undefined ? RELEASE : search.release)],
  ] as const;
  for (const [name, fetch] of sources) {
    if (fetch === null) continue;
    search.progress?.(`nats-server is not installed: fetching ${name}`);
    const trouble = await fetch(search.cache).catch((error: Error) => error.message);
    const found = trouble === null ? look(`${search.cache}/nats-server`, `from ${name}`) : null;
    if (found !== null) return found;
    if (trouble !== null) tried.push(`${name}: ${trouble}`);
  }
  throw new LaunchError(
    [
      'No nats-server can be found or fetched:',
      ...tried.map((line) => `  - ${line}`),
      'Install one (Debian, Ubuntu: apt-get install nats-server; macOS: brew install nats-server), set NATS_SERVER_BIN',
      'to a binary, or set NATS_URL to a running NATS with JetStream.',
    ].join('\n'),
  );
}

function fixedBinary(path: string): FoundNats {
  const found = inspectBinary(path);
  if ('path' in found) return { ...found, from: 'from NATS_SERVER_BIN' };
  throw new LaunchError(`NATS_SERVER_BIN: ${found.trouble}. Set it to a nats-server, or leave it unset.`);
}

function releaseFetcher(release: Release | null) {
  return release === null ? null : (cache: string) => fetchRelease(release, cache);
}
