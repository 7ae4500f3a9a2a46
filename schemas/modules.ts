/** Loads modules by folder: a new module is a new file, and no list names it. */
import { readdir } from 'node:fs/promises';

export type Module = Readonly<Record<string, unknown>>;

/**
 * The modules in a folder without its tests, in alphabetical order; none without such a folder.
 * Their names are their paths without the extension, with `/` between folders.
 */
export async function modulesIn(folder: URL): Promise<ReadonlyMap<string, Module>> {
  const paths = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = paths
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !/\.(?:test|fixture|d)\.ts$/.test(path))
    .sort();
  const modules = await Promise.all(
    files.map(async (file): Promise<[string, Module]> => {
      return [file.slice(0, -'.ts'.length), await import(new URL(file, folder).href)];
    }),
  );
  return new Map(modules);
}
