/** Who may import whom. The linter refuses import cycles, and I/O in pure files. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { importsOf } from '../scripts/test-run/imports.ts';

const ROOT = new URL('../', import.meta.url);
const FOLDERS = ['bench', 'mixins', 'products', 'schemas', 'scripts', 'services', 'test'];

const imports = FOLDERS.flatMap((folder) =>
  readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      importsOf(`${folder}/${file}`, readFileSync(new URL(`${folder}/${file}`, ROOT), 'utf8')),
    ),
);
const serviceOf = (file: string) => /^services\/([^/]+)\//.exec(file)?.[1];

describe('the imports', () => {
  it('name mixins and schemas from the root, so that the depth of a folder does not matter', () => {
    const climbing = imports.filter(
      ({ written, to }) => written.startsWith('../') && /^(mixins|schemas)\//.test(to),
    );
    expect(climbing).toEqual([]);
  });

  it('of a service lead to no other service, except in tests', () => {
    const foreign = imports.filter(({ from, to }) => {
      const other = serviceOf(to);
      const isTest = from.endsWith('.test.ts');
      return !isTest && serviceOf(from) !== undefined && other !== undefined && other !== serviceOf(from);
    });
    expect(foreign).toEqual([]);
    expect(imports.filter(({ to }) => serviceOf(to) !== undefined).length).toBeGreaterThan(100);
  });
});
