/** `--help` of every command of package.json. */
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { testConfig } from '../test/harness/config.ts';
import { runScript } from './run-script.fixture.ts';

/** `scripts/<file>` by the command's name. */
function commandFiles(): [name: string, file: string][] {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return Object.entries(scripts).flatMap(([name, line]) => {
    const file = / scripts\/(\S+\.ts)$/.exec(line)?.[1];
    return file === undefined ? [] : [[name, file]];
  });
}

it('every command explains itself, with 0, where no system runs', async () => {
  const files = commandFiles();
  expect(files.map(([name]) => name)).toEqual(expect.arrayContaining(['start', 'test', 'repl', 'restore']));
  const answers = await Promise.all(
    files.map(async ([name, file]) => {
      const { code, said, errors } = await runScript(testConfig({}), file, ['--help'], { NATS_URL: '' });
      return { name, code, errors, begin: said.split('\n')[0] };
    }),
  );
  const lifecycle = new Set(['start', 'test']);
  expect(answers).toEqual(
    files.map(([name]) => ({
      name,
      code: 0,
      errors: '',
      begin: expect.stringMatching(`^Usage: npm ${lifecycle.has(name) ? '' : 'run '}${name}\\b`),
    })),
  );
}, 120_000);
