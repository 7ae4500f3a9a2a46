import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AvroRecord, defineEvent, type EventContract, nullable, timestamp, uuid } from './event.ts';
import { loadEventContracts } from './load.ts';
import { freeze, incompatibilities, readSnapshots, violations } from './snapshots.ts';

describe('the contracts of this release', () => {
  it('are compatible with all released ones; otherwise `npm run schemas -- freeze` says what to do', async () => {
    expect(violations(await loadEventContracts(), await readSnapshots())).toEqual([]);
  });
});

const released = defineEvent({
  type: 'x.sample.made.v1',
  aggregate: 'sample',
  fields: [
    { name: 'id', type: uuid },
    { name: 'at', type: timestamp },
    { name: 'amount', type: 'long' },
    { name: 'title', type: 'string' },
    { name: 'note', type: nullable('string'), default: null },
    { name: 'owner', type: nullable(uuid), default: null },
    { name: 'kind', type: { type: 'enum', name: 'x.Kind', symbols: ['seed', 'nut'] } },
    {
      name: 'shares',
      type: {
        type: 'array',
        items: { type: 'record', name: 'x.Share', fields: [{ name: 'ownerId', type: uuid }] },
      },
    },
  ],
});

type Fields = AvroRecord['fields'];
const withFields = (change: (fields: Fields) => Fields): EventContract => ({
  ...released,
  schema: { ...released.schema, fields: change(released.schema.fields) },
});
const withType = (name: string, type: Fields[number]['type']) =>
  withFields((fields) => fields.map((field) => (field.name === name ? { ...field, type } : field)));

const refused: readonly (readonly [string, EventContract])[] = [
  [
    'a removed field without a default',
    withFields((fields) => fields.filter(({ name }) => name !== 'title')),
  ],
  [
    'an added field without a default',
    withFields((fields) => [...fields, { name: 'colour', type: 'string' }]),
  ],
  [
    'a renamed field',
    withFields((fields) =>
      fields.map((field) => (field.name === 'title' ? { ...field, name: 'label' } : field)),
    ),
  ],
  ['a changed type', withType('amount', 'string')],
  ['a widened type, which old readers can not read', withType('amount', ['long', 'string'])],
  ['a narrowed type', withType('amount', 'int')],
  ['a field that became nullable', withType('title', nullable('string'))],
  ['a renamed record', { ...released, schema: { ...released.schema, name: 'x.Other' } }],
  [
    'a renamed record inside',
    withType('shares', {
      type: 'array',
      items: { type: 'record', name: 'x.Part', fields: [{ name: 'ownerId', type: uuid }] },
    }),
  ],
  ['a dropped logical type', withType('at', 'long')],
  ['an added logical type', withType('amount', timestamp)],
  ['another logical type in a union', withType('owner', nullable('string'))],
  [
    'another logical type in an array of records',
    withType('shares', {
      type: 'array',
      items: { type: 'record', name: 'x.Share', fields: [{ name: 'ownerId', type: 'string' }] },
    }),
  ],
  ['an added symbol', withType('kind', { type: 'enum', name: 'x.Kind', symbols: ['seed', 'nut', 'gift'] })],
  ['a removed symbol', withType('kind', { type: 'enum', name: 'x.Kind', symbols: ['seed'] })],
  ['a renamed symbol', withType('kind', { type: 'enum', name: 'x.Kind', symbols: ['seed', 'prize'] })],
  ['another aggregate', { ...released, aggregate: 'other' }],
];

const allowed: readonly (readonly [string, EventContract])[] = [
  ['nothing changed', { ...released }],
  ['a removed field with a default', withFields((fields) => fields.filter(({ name }) => name !== 'note'))],
  [
    'an added field with a default',
    withFields((fields) => [...fields, { name: 'colour', type: nullable('string'), default: null }]),
  ],
  ['fields in another order', withFields((fields) => fields.toReversed())],
  ['documentation', withFields((fields) => fields.map((field) => ({ ...field, doc: 'A word' })))],
];

describe('a released contract', () => {
  it.each(refused)('may not change in this way: %s', (_, changed) => {
    expect(incompatibilities(released, changed)).not.toEqual([]);
  });

  it.each(allowed)('may change in this way: %s', (_, changed) => {
    expect(incompatibilities(released, changed)).toEqual([]);
  });
});

describe('a folder of snapshots', () => {
  let folder: URL;
  beforeAll(async () => {
    folder = pathToFileURL(`${await mkdtemp(`${tmpdir()}/snapshots-test-`)}/`);
  });
  afterAll(() => rm(folder, { recursive: true }));
  const check = async (...contracts: EventContract[]) => violations(contracts, await readSnapshots(folder));

  it('requires new and changed contracts to be frozen, and then contains them', async () => {
    const changed = withFields((fields) => [
      ...fields,
      { name: 'colour', type: nullable('string'), default: null },
    ]);
    expect(await check(released)).toEqual([expect.stringContaining('npm run schemas -- freeze')]);
    expect(await freeze([released], folder)).toEqual(['x.sample.made.v1.1.json']);
    expect(await freeze([released], folder)).toEqual([]);
    expect(await check(released)).toEqual([]);
    expect(await check(changed)).toEqual([expect.stringContaining('has changed')]);
    expect(await freeze([changed], folder)).toEqual(['x.sample.made.v1.2.json']);
    expect(await check(changed)).toEqual([]);
    // Release 2 had `colour`: a new one with another type breaks only that release.
    const colourful = withFields((fields) => [
      ...fields,
      { name: 'colour', type: nullable('long'), default: null },
    ]);
    expect(await check(colourful)).toEqual([
      expect.stringContaining('snapshot 2'),
      expect.stringContaining('snapshot 2'),
    ]);
    expect(await check()).toEqual([expect.stringContaining('is gone')]);
  });

  it('gets nothing new when a released contract is broken', async () => {
    const broken = withFields((fields) => fields.slice(1));
    const other: EventContract = { ...released, type: 'x.other.made.v1' };
    await expect(freeze([other, broken], folder)).rejects.toThrow('x.sample.made.v1');
    expect((await readSnapshots(folder)).map(({ type }) => type)).not.toContain('x.other.made.v1');
  });

  it('contains complete schemas, in files that are named after their content', async () => {
    const text = await readFile(new URL('x.sample.made.v1.1.json', folder), 'utf8');
    expect(JSON.parse(text)).toEqual(released);
    await writeFile(new URL('x.misnamed.made.v1.1.json', folder), text);
    await expect(readSnapshots(folder)).rejects.toThrow('x.misnamed.made.v1.1.json');
  });
});
