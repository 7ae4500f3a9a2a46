/** Finds modules by their folder: a new one is a new file, and no list names it. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export type Module = Readonly<Record<string, unknown>>;

/** Loads at once what `import()` would load later: modules that find others need no top-level await. */
const require = createRequire(import.meta.url);

/**
 * The modules below a folder without its tests, in alphabetical order; none where there is no such
 * folder. Their names are their paths without the ending, with `/` between folders.
 */
export function modulesIn(folder: URL): ReadonlyMap<string, Module> {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !/\.(?:test|fixture|d)\.ts$/.test(path))
    .sort();
  return new Map(
    files.map((file): [string, Module] => {
      return [file.slice(0, -'.ts'.length), require(fileURLToPath(new URL(file, folder)))];
    }),
  );
}
