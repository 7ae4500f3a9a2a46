/**
 * Events with data generated from their schemas, for consumers that do not depend on the values.
 */
import type { AvroField, AvroSchema, EventContract } from '#schemas/event.ts';
import type { FixtureEvent } from './fixture.ts';

/** The minimum for the harness. */
const AGGREGATES = 3;
const EVENTS = 8;

const uuid = (n: number) => `0195a000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** The text of a field, different for each number. */
export type SampleText = (n: number) => string;

export interface SampleOptions {
  /** Versions of each aggregate; 1 if an aggregate has only one event. Default: 4. */
  readonly versions?: number;
  /** Default: a short text. */
  readonly text?: SampleText;
}

/**
 * Events of several aggregates from version 1 on. All types of an aggregate take turns in its
 * versions.
 */
export function sampleEvents(
  contracts: readonly EventContract[],
  { versions = 4, text = (n) => `text ${n}` }: SampleOptions = {},
): FixtureEvent[] {
  const kinds = Object.values(Object.groupBy(contracts, ({ aggregate }) => aggregate));
  const aggregates = Math.max(AGGREGATES, Math.ceil(EVENTS / versions));
  return Array.from({ length: versions }, (_, version) =>
    kinds.flatMap((types = []) =>
      Array.from({ length: aggregates }, (_, index): FixtureEvent[] => {
        const contract = types[(version + index) % types.length];
        if (contract === undefined) return [];
        const { idField, schema } = contract;
        const aggregateId = uuid(index);
        const data = record(schema.fields, version * aggregates + index, text);
        if (idField !== undefined) data[idField] = aggregateId;
        return [{ contract, aggregateId, sequence: version + 1, data }];
      }).flat(),
    ),
  ).flat();
}

function record(fields: readonly AvroField[], n: number, text: SampleText): Record<string, unknown> {
  return Object.fromEntries(fields.map(({ name, type }, index) => [name, sample(type, n + index, text)]));
}

/** A value that conforms to the schema, different for each `n`. */
function sample(schema: AvroSchema, n: number, text: SampleText): unknown {
  if (typeof schema === 'string') return primitive(schema, n, text);
  if ('logicalType' in schema) return schema.logicalType === 'uuid' ? uuid(n) : n;
  if ('symbols' in schema) return schema.symbols[n % schema.symbols.length];
  if ('items' in schema)
    return Array.from({ length: n % 3 }, (_, index) => sample(schema.items, n + index, text));
  if ('fields' in schema) return record(schema.fields, n, text);
  // A union: its branches take turns.
  return sample(schema[n % schema.length] ?? 'null', n, text);
}

function primitive(name: string, n: number, text: SampleText): unknown {
  if (name === 'null') return null;
  if (name === 'boolean') return n % 2 === 0;
  return name === 'string' ? text(n) : n;
}
