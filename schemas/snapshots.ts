/**
 * Released contracts are frozen: `snapshots/<type>.<n>.json` has each of them as it was released.
 * It has the whole contract, because fingerprints ignore logical types and defaults.
 *
 * A contract may change only if Avro resolves the old and the new schema in both directions. Any
 * other change needs a new major (`.v<N+1>`). `npm run schemas -- freeze` writes the snapshot of a
 * changed contract.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { avroType } from './avro-types.ts';
import { canonicalJson } from './canonical.ts';
import type { AvroField, AvroRecord, AvroSchema, EventContract } from './event.ts';
import { messageOf } from './text.ts';

const SNAPSHOTS = new URL('./snapshots/', import.meta.url);

export interface Snapshot {
  readonly type: string;
  /** 1 for the first release of the type. */
  readonly number: number;
  readonly contract: EventContract;
}

const HOW = 'run `npm run schemas -- freeze`, and commit what it writes';

/**
 * All snapshots in a folder, by type and number; none without a folder. Throws for a file that is
 * not named after its content.
 */
export async function readSnapshots(folder: URL = SNAPSHOTS): Promise<Snapshot[]> {
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const snapshots = await Promise.all(files.map((file) => readSnapshot(folder, file)));
  return snapshots.sort((a, b) => (a.type === b.type ? a.number - b.number : a.type < b.type ? -1 : 1));
}

async function readSnapshot(folder: URL, file: string): Promise<Snapshot> {
  const match = /^(.+\.v\d+)\.(\d+)\.json$/.exec(file);
  const contract = JSON.parse(await readFile(new URL(file, folder), 'utf8')) as EventContract;
  if (match === null || match[1] !== String(contract.type))
    throw new Error(`${file} is not the snapshot of ${contract.type}`);
  return { type: contract.type, number: Number(match[2]), contract };
}

/** The violations of the contracts, as sentences; empty when the contracts may be released. */
export function violations(contracts: readonly EventContract[], snapshots: readonly Snapshot[]): string[] {
  const types = new Set<string>(contracts.map(({ type }) => type));
  const gone = snapshots.filter(({ type, number }) => number === 1 && !types.has(type));
  return [
    ...gone.map(({ type }) => `${type} was released and is gone: events of it are in the streams for ever`),
    ...contracts.flatMap((contract) => violationsOf(contract, snapshots)),
  ];
}

function violationsOf(contract: EventContract, snapshots: readonly Snapshot[]): string[] {
  const released = snapshots.filter(({ type }) => type === contract.type);
  const broken = released.flatMap(({ number, contract: old }) =>
    incompatibilities(old, contract).map(
      (reason) =>
        `${contract.type} is incompatible with its snapshot ${number}: ${reason}. Make it a new major instead`,
    ),
  );
  if (broken.length > 0) return broken;
  const newest = released.at(-1);
  if (newest !== undefined && isSame(newest.contract, contract)) return [];
  return [`${contract.type} ${newest === undefined ? 'is new' : 'has changed'}: ${HOW}`];
}

function isSame(a: EventContract, b: EventContract): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/**
 * Writes the snapshots of new and changed contracts and returns their files. Throws and writes
 * nothing when one breaks a released contract.
 */
export async function freeze(
  contracts: readonly EventContract[],
  folder: URL = SNAPSHOTS,
): Promise<string[]> {
  const snapshots = await readSnapshots(folder);
  const broken = violations(contracts, snapshots).filter((violation) => !violation.endsWith(HOW));
  if (broken.length > 0) throw new Error(broken.join('\n'));
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const contract of contracts) {
    const newest = snapshots.findLast(({ type }) => type === contract.type);
    if (newest !== undefined && isSame(newest.contract, contract)) continue;
    const file = `${contract.type}.${(newest?.number ?? 0) + 1}.json`;
    // The flag wx prevents overwriting a snapshot.
    await writeFile(new URL(file, folder), `${JSON.stringify(contract, null, 2)}\n`, { flag: 'wx' });
    files.push(file);
  }
  return files;
}

/**
 * Why events of one contract can't be read with the other, in either direction; empty when they
 * can.
 */
export function incompatibilities(released: EventContract, current: EventContract): string[] {
  const reasons =
    released.aggregate === current.aggregate
      ? []
      : [`the aggregate was ${released.aggregate}, with which it shares a sequence`];
  const changes = logicalTypeChanges(released.schema, current.schema, '');
  return [
    ...reasons,
    ...changes,
    ...unreadable(current.schema, released.schema, 'old events can not be read'),
    ...unreadable(released.schema, current.schema, 'consumers with the old schema can not read new events'),
  ];
}

function unreadable(reader: AvroRecord, writer: AvroRecord, consequence: string): string[] {
  try {
    avroType(reader).createResolver(avroType(writer));
    return [];
  } catch (error) {
    return [`${consequence} (${messageOf(error)})`];
  }
}

/** Changes that Avro resolves silently: the same number or text with another meaning. */
function logicalTypeChanges(released: AvroSchema, current: AvroSchema, path: string): string[] {
  const [old, now] = [logicalTypeOf(released), logicalTypeOf(current)];
  if (old !== now) return [`${path} was ${old ?? 'without a logical type'} and is ${now ?? 'without one'}`];
  return childrenOf(released).flatMap(([name, child]) => {
    const other = childrenOf(current).find(([theirs]) => theirs === name)?.[1];
    return other === undefined
      ? []
      : logicalTypeChanges(child, other, path === '' ? name : `${path}.${name}`);
  });
}

function logicalTypeOf(schema: AvroSchema): string | undefined {
  return typeof schema === 'object' && 'logicalType' in schema ? schema.logicalType : undefined;
}

/** The parts of a schema by a stable name: fields by name, branches by index. */
function childrenOf(schema: AvroSchema): (readonly [string, AvroSchema])[] {
  if (typeof schema === 'string') return [];
  if (isUnion(schema)) return schema.map((branch, index) => [`${index}`, branch] as const);
  if (schema.type === 'array') return [['items', schema.items]];
  if (schema.type === 'record')
    return schema.fields.map((field: AvroField) => [field.name, field.type] as const);
  return [];
}

function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema);
}
