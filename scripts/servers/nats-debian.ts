/**
 * Fetches Debian's nats-server without installing it. Needs apt-get and dpkg-deb, and no special
 * rights.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Time limit of fetching package lists or the package over a slow line, in milliseconds. */
const STEP_WITHIN_MS = 120_000;

/** Puts `nats-server` into the cache. Returns null when done, otherwise the reason. */
export async function fetchDebianPackage(cache: string): Promise<string | null> {
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const work = mkdtempSync(`${cache}/debian-`);
  const options = { cwd: work, timeout: STEP_WITHIN_MS, env: { ...process.env, LC_ALL: 'C' } };
  // A fresh container has no package lists. They are then fetched into our own folder, which needs
  // no rights.
  const ownLists = [
    '-o',
    `Dir::State::Lists=${work}/lists`,
    '-o',
    `Dir::Cache=${work}/cache`,
    '-o',
    'APT::Sandbox::User=root',
  ];
  const download = (lists: readonly string[]) =>
    run('apt-get', ['-qq', ...lists, 'download', 'nats-server'], options);
  try {
    await download([]).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw error;
      mkdirSync(`${work}/lists/partial`, { recursive: true });
      mkdirSync(`${work}/cache/archives/partial`, { recursive: true });
      await run('apt-get', ['-qq', ...ownLists, 'update'], options);
      await download(ownLists);
    });
    const archive = readdirSync(work).find((name) => name.endsWith('.deb'));
    if (archive === undefined) return 'apt-get brought no package';
    await run('dpkg-deb', ['-x', archive, 'unpacked'], options);
    const binary = ['usr/sbin', 'usr/bin']
      .map((folder) => `${work}/unpacked/${folder}/nats-server`)
      .find((path) => existsSync(path));
    if (binary === undefined) return 'the package holds no nats-server';
    copyFileSync(binary, `${work}/nats-server`);
    renameSync(`${work}/nats-server`, `${cache}/nats-server`);
    return null;
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') return 'this system has no apt-get';
    return (stderr?.trim() || message).split('\n')[0] ?? message;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
