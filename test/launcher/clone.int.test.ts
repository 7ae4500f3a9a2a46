/** Clones below a folder that only its owner may enter (chmod 700), such as /root. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findAddresses } from '../../scripts/launcher/addresses.ts';
import { cutPower, Launcher, mayRun, processesOf } from './terminal.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NOT_COPIED = ['node_modules', '.git', '.data', 'coverage'].map((name) => `${ROOT}${name}`);
const NOBODY = 65_534;

let closed: string;
beforeEach(() => {
  closed = mkdtempSync(`${tmpdir()}/launcher-test-clone-`);
});
afterEach(() => {
  cutPower(closed);
  rmSync(closed, { recursive: true, force: true, maxRetries: 5 });
});

/** A copy of the sources, with the packages of this clone. */
function makeClone(owner?: number): string {
  const clone = `${closed}/a clone/`;
  mkdirSync(clone);
  cpSync(ROOT, clone, { recursive: true, filter: (path) => !NOT_COPIED.includes(path) });
  symlinkSync(`${ROOT}node_modules`, `${clone}node_modules`);
  // `h`: never what a link leads to.
  if (owner !== undefined) spawnSync('chown', ['-hR', `${owner}:${owner}`, closed]);
  chmodSync(closed, 0o700);
  return clone;
}

async function expectStart(options: Partial<Parameters<typeof Launcher.ready>[0]>): Promise<void> {
  const clone = makeClone(options.uid);
  const dataDir = `${clone}.data`;
  const launcher = await Launcher.ready({ dataDir, root: clone, ...options });
  expect(findAddresses(dataDir)?.address).toBe(`http://127.0.0.1:${launcher.port}`);
  // When what it ran has ended, the shell that npm uses may end by the signal itself.
  expect(options.npm === true ? [0, null] : [0]).toContain(await launcher.interrupt());
  expect(launcher.output).toContain('stopping: services first');
  expect(processesOf(dataDir)).toEqual([]);
}

const isRoot = process.getuid?.() === 0;
describe('a clone below a folder that only its owner may enter', () => {
  (isRoot ? it : it.skip)(
    'starts with npm start by root, though PostgreSQL runs as somebody else',
    // What root's start keeps in /var/lib stays: another run on this machine may be using it.
    async () => await expectStart({ npm: true, environment: { HOME: closed } }),
    120_000,
  );

  (isRoot && !mayRun(NOBODY) ? it.skip : it)('starts by an ordinary user', async () => {
    await expectStart(isRoot ? { uid: NOBODY } : {});
  });
});
