/**
 * The format of a backup: a folder with one file for each table, stream and file of the data
 * folder, and `manifest.json`, which lists them with their digests. The manifest is written last,
 * so a folder without it is incomplete.
 */
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { messageOf } from '#schemas/text.ts';
import { readIfThere, writeWhole } from '../launcher/files.ts';
import { LaunchError } from '../launcher/launch-error.ts';

/** Increase it when older releases can't read newer backups. */
const FORMAT = 1;

const MANIFEST = 'manifest.json';
/** The digest of the manifest, in the form of `sha256sum`. */
const DIGEST = `${MANIFEST}.sha256`;

/** A file of the backup. Its path is relative to the folder. */
export interface StoredFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface StoredTable {
  readonly schema: string;
  readonly name: string;
  /** In the order of the file, quoted. Generated columns are left out. */
  readonly columns: readonly string[];
  readonly rows: number;
  readonly file: StoredFile;
}

export interface StoredSequence {
  readonly schema: string;
  readonly name: string;
  readonly value: string;
  readonly isCalled: boolean;
}

export interface StoredDatabase {
  readonly service: string;
  /** The migrations that its tables have. */
  readonly migrations: readonly string[];
  readonly tables: readonly StoredTable[];
  readonly sequences: readonly StoredSequence[];
}

/** A durable, which begins again behind what it had acknowledged. */
export interface StoredDurable {
  readonly name: string;
  readonly acknowledged: number;
  readonly filter: string | null;
  readonly ackWaitMs: number;
  readonly maxAckPending: number;
}

export interface StoredStream {
  /** The name at NATS. */
  readonly name: string;
  /** As NATS gave them with the snapshot. */
  readonly config: object;
  readonly state: { readonly messages: number; readonly last_seq: number };
  readonly durables: readonly StoredDurable[];
  readonly file: StoredFile;
}

export interface Manifest {
  readonly format: number;
  readonly product: string;
  readonly namespace: string;
  /** The release that wrote it. */
  readonly version: string;
  /** ISO 8601. The databases have the state of `takenAt`. */
  readonly startedAt: string;
  readonly takenAt: string;
  readonly servers: { readonly postgres: string; readonly nats: string };
  readonly databases: readonly StoredDatabase[];
  readonly streams: readonly StoredStream[];
  /** Small files of the data folder, such as secrets. */
  readonly files: readonly StoredFile[];
}

export function writeManifest(folder: string, manifest: Omit<Manifest, 'format'>): void {
  const text = `${JSON.stringify({ format: FORMAT, ...manifest }, null, 1)}\n`;
  writeWhole(`${folder}/${DIGEST}`, `${digestOf(text)}  ${MANIFEST}\n`);
  writeWhole(`${folder}/${MANIFEST}`, text);
}

export function filesOf({ databases, streams, files }: Manifest): StoredFile[] {
  const tables = databases.flatMap((database) => database.tables);
  return [...tables, ...streams].map(({ file }) => file).concat(files);
}

/** What the restoring system is. */
export interface Wanted {
  readonly product: string;
  readonly namespace: string;
}

/** Throws `LaunchError` where the folder is no complete backup that this system can read. */
export function readManifest(folder: string, wanted: Wanted): Manifest {
  const text = readIfThere(`${folder}/${MANIFEST}`);
  if (text === null) {
    throw new LaunchError(
      `${folder} is no backup, or an incomplete one: it has no ${MANIFEST}. Name the folder of a backup that ended well.`,
    );
  }
  if (readIfThere(`${folder}/${DIGEST}`)?.split(' ')[0] !== digestOf(text)) {
    throw new LaunchError(`${folder}/${MANIFEST} is damaged: its SHA-256 is not that of ${DIGEST}.`);
  }
  const manifest = parse(folder, text);
  for (const key of ['product', 'namespace'] as const) {
    if (manifest[key] === wanted[key]) continue;
    throw new LaunchError(
      `${folder} is a backup of the ${key} ${manifest[key]}, and this is ${wanted[key]}. Set ${key.toUpperCase()}=${manifest[key]}.`,
    );
  }
  return manifest;
}

function parse(folder: string, text: string): Manifest {
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.format === FORMAT) return manifest;
    throw new LaunchError(
      `${folder} has format ${manifest.format}, and this release reads ${FORMAT}. Use release ${manifest.version}, which wrote it.`,
    );
  } catch (cause) {
    if (cause instanceof LaunchError) throw cause;
    throw new LaunchError(`${folder}/${MANIFEST} can't be read: ${messageOf(cause)}`, { cause });
  }
}

/** Reads every file. Throws `LaunchError` for one that is missing or has changed. */
export async function verifyFiles(folder: string, manifest: Manifest): Promise<void> {
  for (const { path, bytes, sha256 } of filesOf(manifest)) {
    const found = statSync(`${folder}/${path}`, { throwIfNoEntry: false })?.size;
    if (found === undefined) throw new LaunchError(`The backup is damaged: ${path} is missing.`);
    if (found !== bytes) {
      throw new LaunchError(`The backup is damaged: ${path} has ${found} bytes instead of ${bytes}.`);
    }
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(`${folder}/${path}`)) hash.update(chunk);
    if (hash.digest('hex') !== sha256) {
      throw new LaunchError(`The backup is damaged: ${path} does not have its SHA-256.`);
    }
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
