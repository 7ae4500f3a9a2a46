/**
 * The archive of what is removed: a new folder with a file for each part, in JSON Lines compressed
 * with gzip, and `manifest.json` with their digests. The manifest is written last, and everything
 * is on disk before it counts.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { StoredFile } from '../backup/manifest.ts';
import { compressed, decompressed, storeFile, syncFolder } from '../backup/store.ts';

const FORMAT = 1;
const MANIFEST = 'manifest.json';
/** Lines are joined to chunks of about this size, in bytes. */
const CHUNK_BYTES = 64 * 1024;

/** One file of the archive. */
export interface ArchivedPart {
  /** The service that the rows or the stream belong to. */
  readonly service: string;
  /** `events`, or what the service calls the rows. */
  readonly what: string;
  /** ISO 8601: what is older may be removed. A stream's file has some later events as well. */
  readonly before: string;
  readonly lines: number;
  /** Of the lines before they were compressed, in hex. */
  readonly contentSha256: string;
  readonly file: StoredFile;
}

export interface ArchiveManifest {
  readonly product: string;
  readonly namespace: string;
  /** The release that wrote it. */
  readonly version: string;
  /** `operator:<user>@<host>` */
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly parts: readonly ArchivedPart[];
}

/** Writes a part, and waits until it is on disk. Throws errors of the source and of the disk. */
export async function archivePart(
  folder: string,
  { service, what, before }: { readonly service: string; readonly what: string; readonly before: Date },
  source: AsyncIterable<object>,
): Promise<ArchivedPart> {
  const content = createHash('sha256');
  const count = { lines: 0 };
  const bytes = compressed(Readable.from(chunksOf(source, content, count)));
  const file = await storeFile(folder, `${service}.${what}.jsonl.gz`, bytes);
  return {
    service,
    what,
    before: before.toISOString(),
    lines: count.lines,
    contentSha256: content.digest('hex'),
    file,
  };
}

async function* chunksOf(
  source: AsyncIterable<object>,
  content: Hash,
  count: { lines: number },
): AsyncGenerator<Buffer> {
  let waiting = '';
  const flush = () => {
    const chunk = Buffer.from(waiting);
    waiting = '';
    content.update(chunk);
    return chunk;
  };
  for await (const line of source) {
    waiting += `${JSON.stringify(line)}\n`;
    count.lines += 1;
    if (waiting.length >= CHUNK_BYTES) yield flush();
  }
  if (waiting !== '') yield flush();
}

/**
 * Reads every file again and compares it with what was read from its source, then writes the
 * manifest. Returns the SHA-256 of the manifest, in hex. Throws where a file differs.
 */
export async function sealArchive(folder: string, manifest: ArchiveManifest): Promise<string> {
  for (const part of manifest.parts) await verifyPart(folder, part);
  const text = Buffer.from(`${JSON.stringify({ format: FORMAT, ...manifest }, null, 1)}\n`);
  const { sha256 } = await storeFile(folder, MANIFEST, Readable.from([text]));
  const digest = Buffer.from(`${sha256}  ${MANIFEST}\n`);
  await storeFile(folder, `${MANIFEST}.sha256`, Readable.from([digest]));
  await syncFolder(folder);
  await syncFolder(dirname(folder));
  return sha256;
}

async function verifyPart(folder: string, { file, lines, contentSha256 }: ArchivedPart): Promise<void> {
  const path = `${folder}/${file.path}`;
  const stored = createHash('sha256');
  for await (const chunk of createReadStream(path)) stored.update(chunk);
  const content = createHash('sha256');
  let found = 0;
  for await (const chunk of decompressed(path)) {
    content.update(chunk);
    for (const byte of chunk) if (byte === LINE_FEED) found += 1;
  }
  if (stored.digest('hex') === file.sha256 && content.digest('hex') === contentSha256 && found === lines)
    return;
  throw new Error(`${path} does not hold what was written to it. Nothing was removed. Check the disk.`);
}

const LINE_FEED = 10;

/** The lines of a part, in order. */
export async function* linesOf<Line>(
  folder: string,
  { file }: Pick<ArchivedPart, 'file'>,
): AsyncGenerator<Line> {
  const input = Readable.from(decompressed(`${folder}/${file.path}`));
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    yield JSON.parse(line) as Line;
  }
}

/** Makes the folder of one run below `parent`. Only its owner may read it. */
export async function makeArchive(parent: string, namespace: string, at: Date): Promise<string> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const folder = `${parent}/${namespace}-${at.toISOString().replaceAll(':', '-')}`;
  await mkdir(folder, { mode: 0o700 });
  return folder;
}
