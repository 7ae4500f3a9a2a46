/**
 * The files of the pages below `/docs`, from memory. Their names have a digest of their content, so
 * that browsers may keep them for ever. They are read and compressed for the first request, because
 * most nodes never need them.
 */
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Asset, assetOf } from '../answers/asset.http.ts';
import { type AssetPaths, ICON, START, STYLE } from './pages.ts';

export interface Assets {
  readonly paths: AssetPaths;
  /** By file name. */
  readonly files: ReadonlyMap<string, Asset>;
}

const ROOT = '/docs/assets/';
const DIGEST_LENGTH = 16;
const SCRIPT = 'text/javascript; charset=utf-8';
const SHEET = 'text/css; charset=utf-8';

/** A file of the package, wherever npm has put it. */
const ofPackage = (name: string): Promise<Buffer> =>
  readFile(new URL(import.meta.resolve(`swagger-ui-dist/${name}`)));

/** An image within a style: in quotes, or bare. */
const IMAGE = /url\((?:"(data:(?:[^"\\]|\\.)*)"|(data:[^)]*))\)/g;

/**
 * The style with its images as files of their own, so that the policy needs to allow no `data:`.
 * `add` returns the path of a file.
 */
async function withoutImages(
  style: string,
  add: (name: string, type: string, content: Buffer) => Promise<string>,
): Promise<string> {
  const images = [...style.matchAll(IMAGE)].map(([text, quoted, bare]) => ({
    text,
    url: quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '',
  }));
  let changed = style;
  for (const { text, url } of images) {
    const image = await fetch(url);
    const type = image.headers.get('content-type') ?? '';
    const path = await add('image', type, Buffer.from(await image.arrayBuffer()));
    changed = changed.replace(text, () => `url(${path})`);
  }
  return changed;
}

async function loadAssets(): Promise<Assets> {
  const files = new Map<string, Asset>();
  const add = async (name: string, type: string, content: Buffer | string) => {
    const asset = await assetOf(type, content);
    const file = `${hash('sha256', asset.bytes).slice(0, DIGEST_LENGTH)}-${name}`;
    files.set(file, asset);
    return ROOT + file;
  };
  const [library, libraryStyle] = await Promise.all(
    ['swagger-ui-bundle.js', 'swagger-ui.css'].map(ofPackage),
  );
  const paths = {
    style: await add('docs.css', SHEET, STYLE),
    libraryStyle: await add('swagger-ui.css', SHEET, await withoutImages(String(libraryStyle), add)),
    library: await add('swagger-ui.js', SCRIPT, library ?? ''),
    start: await add('start.js', SCRIPT, START),
    icon: await add('icon.svg', 'image/svg+xml', ICON),
  };
  return { paths, files };
}

let loading: Promise<Assets> | undefined;

/** Loads them once. After a failure, the next call tries again. */
export function assets(): Promise<Assets> {
  loading ??= loadAssets().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}
