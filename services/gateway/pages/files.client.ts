/** The built pages, read from `web/dist`. */
import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Asset, assetOf } from '../answers/asset.http.ts';

export interface PageFiles {
  /** The page that all addresses of people share. */
  readonly page: Asset;
  /** By path, such as `/assets/index-1a2b3c4d.js`. */
  readonly assets: ReadonlyMap<string, Asset>;
}

const DIST = new URL('../../../web/dist/', import.meta.url);
const ASSETS = 'assets/';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Null where the pages are not built. */
export async function readPageFiles(dist: URL = DIST): Promise<PageFiles | null> {
  const read = async (name: string) =>
    assetOf(TYPES[extname(name)] ?? 'application/octet-stream', await readFile(new URL(name, dist)));
  try {
    const names = await readdir(new URL(ASSETS, dist));
    const assets = await Promise.all(
      names.map(async (name) => [`/${ASSETS}${name}`, await read(`${ASSETS}${name}`)] as const),
    );
    return { page: await read('index.html'), assets: new Map(assets) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
