/**
 * Writes files of a backup: only their owner reads them, and they are on disk before they count.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import type { StoredFile } from './manifest.ts';

/** Best speed: higher levels save a tenth of the size and take three times as long. */
const LEVEL = 1;

/** Writes the source, and waits until the file is on disk. */
export async function storeFile(
  folder: string,
  path: string,
  source: AsyncIterable<Uint8Array>,
): Promise<StoredFile> {
  const target = `${folder}/${path}`;
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const file = await open(target, 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of source) {
      hash.update(chunk);
      bytes += chunk.length;
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { path, bytes, sha256: hash.digest('hex') };
}

/**
 * The reader gets the error of the source. It may come before the reader begins, so `pipeline` is
 * given a callback: without one, it would end the process.
 */
export function compressed(source: NodeJS.ReadableStream): AsyncIterable<Buffer> {
  return pipeline(source, createGzip({ level: LEVEL }), () => undefined);
}

export function decompressed(path: string): AsyncIterable<Buffer> {
  return pipeline(createReadStream(path), createGunzip(), () => undefined);
}

/** Makes the entries of a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
