/**
 * Options of libraries are removed from the environment by `config.ts`, as long as that is loaded
 * before the libraries.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const FOLDER = new URL('./', import.meta.url);
const ROOT = new URL('../', FOLDER);
/** The names of package.json for single files. All others are those of folders. */
const { imports: IMPORTS } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as {
  readonly imports: Readonly<Record<string, string>>;
};
const CONFIG = new URL('../config.ts', FOLDER).href;
/** Packages that read options when they are loaded, or load others that do. */
const READERS = new Set(['pg', 'sequelize', 'umzug', 'moleculer-db-adapter-sequelize', '@node-rs/argon2']);

const scripts = readdirSync(fileURLToPath(FOLDER)).filter(
  (name) => name.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(name),
);

/** What a module and its imports load, in the order in which Node evaluates it. */
function loadedBy(url: string, seen = new Set<string>()): string[] {
  if (seen.has(url)) return [];
  seen.add(url);
  const imports = readFileSync(new URL(url), 'utf8').matchAll(
    /^(?:import|export) (?!type )(?:[^;']*? from )?'([^']+)';/gm,
  );
  const loaded = [...imports].flatMap(([, name = '']) => {
    if (name.startsWith('#')) return loadedBy(new URL(IMPORTS[name] ?? name.slice(1), ROOT).href, seen);
    return name.startsWith('.') ? loadedBy(new URL(name, url).href, seen) : [name];
  });
  return [...loaded, url];
}

describe('a script', () => {
  it.each(scripts)('G25: %s loads drivers only after their options are removed', (name) => {
    const loaded = loadedBy(new URL(name, FOLDER).href);
    const reader = loaded.findIndex((each) => READERS.has(each));
    if (reader >= 0) expect(loaded.slice(0, reader)).toContain(CONFIG);
  });

  it('G25: that loads a driver is found by the walk over imports', () => {
    expect(loadedBy(new URL('up.ts', FOLDER).href)).toEqual(expect.arrayContaining(['pg', CONFIG]));
  });
});
