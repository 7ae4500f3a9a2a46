/** The packed client, in a project of its own: it carries out the session of its README. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_BEAK } from '../../services/auth/variables.fixture.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { testServers } from '../../test/harness/servers.ts';
import { startSystem } from '../../test/harness/system.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TSC = `${ROOT}node_modules/typescript/bin/tsc`;
/** The packages that the client needs. An installation would fetch them. */
const PACKAGES = ['openapi-fetch', 'openapi-typescript-helpers', 'eventsource-parser'];

const project = mkdtempSync(`${tmpdir()}/client-test-`);
const installed = `${project}/node_modules/ates-client`;
beforeAll(async () => {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], {
    cwd: `${ROOT}clients/typescript`,
  });
  const [{ filename }] = JSON.parse(stdout) as [{ readonly filename: string }];
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', `${project}/${filename}`, '-C', installed, '--strip-components=1']);
  for (const name of PACKAGES) {
    cpSync(`${ROOT}node_modules/${name}`, `${project}/node_modules/${name}`, { recursive: true });
  }
  writeFileSync(`${project}/package.json`, '{ "type": "module" }');
  writeFileSync(`${project}/session.ts`, session());
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** The TypeScript blocks of the session, as written. */
function session(): string {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const [text = ''] = /<!-- session:[\s\S]*?<!-- \/session -->/.exec(readme) ?? [];
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');
}

describe('the packed client', () => {
  it('has its types, for strict compilers too', async () => {
    const options = ['--noEmit', '--strict', '--target', 'es2024', '--lib', 'es2024,esnext.array,dom'];
    const types = ['--module', 'nodenext', '--types', 'node', '--typeRoots', `${ROOT}node_modules/@types`];
    const checked = await run(process.execPath, [TSC, ...options, ...types, 'session.ts'], {
      cwd: project,
    }).catch(({ stdout }) => ({ stdout }));
    expect(checked.stdout).toBe('');
  }, 60_000);

  it('carries out the worked session as written', async () => {
    const config = testConfig();
    const system = await startSystem({ ...testServers(), namespace: config.namespace });
    try {
      const { stdout } = await run(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', 'session.ts'],
        {
          cwd: project,
          env: { API: system.api, ADMIN_BEAK },
        },
      );
      expect(stdout).toMatch(
        /^Wash the cage goes to Pip\n(reward \d+\nfee -\d+|fee -\d+\nreward \d+)\n1 of 1 tasks were drawn\n/,
      );
      expect(stdout).toMatch(/people would be paid \d+ USD\n\d{4}-\d\d-\d\d is closed\n$/);
    } finally {
      await system.stop();
      await dropNamespace(config);
    }
  }, 120_000);
});
