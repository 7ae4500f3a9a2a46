/** `npm test` itself, with tiny suites of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../test/harness/wait.ts';
import { processOf } from '../launcher/process.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A suite that records its worker and its own child, and then hangs. */
const HANGS = `
const { spawn } = require('node:child_process');
test('hangs', async () => {
  const child = spawn('sleep', ['600']);
  require('node:fs').writeFileSync(__filename + '.pids', process.pid + ' ' + child.pid + '.');
  await new Promise(() => {});
}, 600_000);
`;

let folder: string;
let run: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/test-run-test-`);
});
afterEach(() => {
  run?.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

/** Jest begins with the largest file. */
function write(suite: string, content: string, size: number): void {
  writeFileSync(`${folder}/${suite}.test.js`, content + ' '.repeat(size - content.length));
}

interface Ended {
  readonly code: number;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** With two workers. */
function start(budget: string, suiteSeconds = 180): { child: ChildProcess; ended: Promise<Ended> } {
  const config = {
    rootDir: folder,
    transform: {},
    maxWorkers: 2,
    testMatch: ['**/*.test.{js,mjs}'],
    moduleFileExtensions: ['js', 'mjs'],
    testEnvironment: `${ROOT}test/harness/environment.mjs`,
    testEnvironmentOptions: { suiteSeconds },
    reporters: ['default', `${ROOT}test/harness/counts-reporter.mjs`],
    testSequencer: `${ROOT}test/harness/sequencer.mjs`,
  };
  const child = spawn(process.execPath, [`${ROOT}scripts/test.ts`, '--config', JSON.stringify(config)], {
    env: { ...process.env, TEST_BUDGET: budget },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  run = child;
  const ended = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]).then(
    ([[code], output, errors]) => ({ code, lines: output.trimEnd().split('\n'), errors }),
  );
  return { child, ended };
}

function pidsOf(suite: string): number[] | undefined {
  const [, ...pids] = /^(\d+) (\d+)\.$/.exec(readFileSync(`${folder}/${suite}.test.js.pids`, 'utf8')) ?? [];
  return pids.length > 0 ? pids.map(Number) : undefined;
}

describe('a run of the tests that is interrupted', () => {
  it('G27: ends its workers and the processes of their tests, and names the suites that did not end', async () => {
    write('passes', "test('passes', () => undefined);", 4000);
    write('hangs', HANGS, 3000);
    write('also-hangs', HANGS, 2000);
    write('waits', "test('passes', () => undefined);", 1000);
    const { child, ended } = start('600');
    const pids = [
      ...(await until(() => pidsOf('hangs'), { within: 60_000 })),
      ...(await until(() => pidsOf('also-hangs'), { within: 60_000 })),
    ];
    expect(pids.map((pid) => processOf(pid))).not.toContain(null);
    child.kill('SIGINT');
    const { code, lines } = await ended;
    expect(lines.at(-5)).toMatch(/^tests: interrupted \(\d+\.\d s\)$/);
    expect(lines.slice(-4)).toEqual([
      'not finished: also-hangs.test.js',
      'not finished: hangs.test.js',
      'not finished: waits.test.js',
      'tests: 1 passed, 0 failed, 3 of 4 suites not finished',
    ]);
    expect(code).toBe(130);
    expect(pids.filter((pid) => processOf(pid) !== null)).toEqual([]);
  });
});

describe('a run of the tests that uses up its budget', () => {
  it('G27: fails with its closing line', async () => {
    write('hangs', HANGS, 1000);
    const { code, lines } = await start('1').ended;
    expect(lines).toContainEqual(
      expect.stringMatching(/^tests: ended, because the budget is used up \(\d+\.\d s\)$/),
    );
    expect(lines.at(-1)).toMatch(
      /^tests: 0 passed, 0 failed, (no suite was run|1 of 1 suites not finished)$/,
    );
    expect(code).toBe(1);
  });
});

describe('a suite that uses up its budget', () => {
  it('G27: fails in its tests that did not end, and leaves the remaining time to other suites', async () => {
    write('passes', "test('passes', () => undefined);", 1000);
    write('hangs', `${HANGS} test('comes too late', () => undefined);`, 2000);
    const { code, lines, errors } = await start('600', 5).ended;
    expect(errors).toContain('hangs.test.js');
    expect(errors.match(/The suite has used up its 5 seconds/g)).toHaveLength(2);
    expect(lines.at(-1)).toBe('tests: 1 passed, 2 failed');
    expect(code).toBe(1);
  });

  it('G27: fails if it hangs during its import', async () => {
    write('passes', "test('passes', () => undefined);", 1000);
    writeFileSync(`${folder}/hangs.test.mjs`, `await new Promise(() => {});${' '.repeat(2000)}`);
    const { code, lines, errors } = await start('600', 5).ended;
    expect(errors).toContain('hangs.test.mjs');
    expect(lines.at(-1)).toBe('tests: 1 passed, 0 failed');
    expect(code).toBe(1);
  });
});
