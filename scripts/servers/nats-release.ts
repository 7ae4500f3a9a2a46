/**
 * Fetches the official nats-server release for this machine. It is used only if its SHA-256 is the
 * pinned one.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

export interface Release {
  readonly version: string;
  /** The folder of all releases, without a slash at its end. */
  readonly base: string;
  /** SHA-256 of each archive, by `<system>-<processor>` in the names of the release. */
  readonly sums: Readonly<Record<string, string>>;
}

/** The sums are those of the release's own SHA256SUMS. */
export const RELEASE: Release = {
  version: '2.11.8',
  base: 'https://github.com/nats-io/nats-server/releases/download',
  sums: {
    'linux-amd64': '397a6deffb5533e160de0cca322bc3dcaec7fb7282d66a3dfa87a9c183152ad1',
    'linux-arm64': 'b08936cb1dc0ae7086137bda14c352df64397c4af45ed2b392705c19585aeb84',
    'darwin-amd64': '002c943c1ed39c55cc5e024debfc02685111fcb2b1cbd887aad39ac977037477',
    'darwin-arm64': '23e0c5354c2da385708946a21900c944fcb9a3bbfd02aae27a4ae750dea0b682',
  },
};

/** Time limit of fetching about 6 MB over a slow line, in milliseconds. */
const DOWNLOAD_WITHIN_MS = 120_000;

/** `linux-amd64` and the like. */
export function releasePlatform(): string {
  return `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
}

/**
 * Puts `nats-server` into the cache. Returns null when done, otherwise the reason. Never unpacks
 * anything unchecked.
 */
export async function fetchRelease(release: Release, cache: string): Promise<string | null> {
  const platform = releasePlatform();
  const expected = release.sums[platform];
  if (expected === undefined) return `no release is pinned for ${platform}`;
  const name = `nats-server-v${release.version}-${platform}`;
  const url = `${release.base}/v${release.version}/${name}.tar.gz`;
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_WITHIN_MS) }).catch(
    (error: Error) => error,
  );
  if (response instanceof Error) return `${url} can't be fetched (${reasonOf(response)})`;
  if (!response.ok) return `${url} answered ${response.status}`;
  const archive = Buffer.from(await response.arrayBuffer());
  const sum = createHash('sha256').update(archive).digest('hex');
  if (sum !== expected) return `${url} has the SHA-256 ${sum} instead of ${expected}; it was not used`;
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const work = mkdtempSync(`${cache}/release-`);
  try {
    writeFileSync(`${work}/release.tar.gz`, archive);
    await promisify(execFile)('tar', ['-xzf', 'release.tar.gz', `${name}/nats-server`], { cwd: work });
    chmodSync(`${work}/${name}/nats-server`, 0o755);
    renameSync(`${work}/${name}/nats-server`, `${cache}/nats-server`);
    return null;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** fetch gives the reason only in the error's cause: "fetch failed" alone is not enough. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
