/** What the consumer harness plays to the consumers of this service: every type of every stream, with data made up from its schema. */
import type { Database } from '#mixins/database/database.ts';
import { type AvroSchema, type EventContract, serviceOf } from '#schemas/event.ts';
import { loadEventContracts } from '#schemas/load.ts';
import type {
  ConsumerFixture,
  ConsumerFixtures,
  FixtureEvent,
} from '../../test/harness/consumers/fixture.ts';

/** Aggregates of each kind, and versions of each. */
const AGGREGATES = 3;
const VERSIONS = 4;

const uuid = (n: number) => `0195a000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** A value that the schema takes, another for another `n`. */
function sample(schema: AvroSchema, n: number): unknown {
  if (typeof schema === 'string') return primitive(schema, n);
  if ('logicalType' in schema) return schema.logicalType === 'uuid' ? uuid(n) : n;
  if ('symbols' in schema) return schema.symbols[n % schema.symbols.length];
  if ('items' in schema) return Array.from({ length: n % 3 }, (_, index) => sample(schema.items, n + index));
  if ('fields' in schema) return record(schema.fields, n);
  // A union: each of its branches has its turn.
  return sample(schema[n % schema.length] ?? 'null', n);
}

function primitive(name: string, n: number): unknown {
  if (name === 'null') return null;
  if (name === 'boolean') return n % 2 === 0;
  // PostgreSQL knows no NUL.
  return name === 'string' ? `text ${n} \0 "тест"` : n;
}

function record(fields: readonly { readonly name: string; readonly type: AvroSchema }[], n: number): object {
  return Object.fromEntries(fields.map(({ name, type }, index) => [name, sample(type, n + index)]));
}

/** All types of an aggregate take turns in its versions. */
function eventsOf(contracts: readonly EventContract[]): FixtureEvent[] {
  const kinds = [...new Set(contracts.map(({ aggregate }) => aggregate))];
  return Array.from({ length: VERSIONS }, (_, version) =>
    kinds.flatMap((kind) => {
      const types = contracts.filter(({ aggregate }) => aggregate === kind);
      return Array.from({ length: AGGREGATES }, (_, index): FixtureEvent[] => {
        const contract = types[(version + index) % types.length];
        if (contract === undefined) return [];
        const data = record(contract.schema.fields, version * AGGREGATES + index);
        return [{ contract, aggregateId: uuid(index), sequence: version + 1, data }];
      }).flat();
    }),
  ).flat();
}

const state = (database: Database) =>
  database.rows(
    `SELECT type, stream, subject, sequence, source, actor_id, whole_state, data FROM audit_record
     ORDER BY stream, subject, sequence, type`,
  );

const contracts = await loadEventContracts();
const streams = [...new Set(contracts.map(({ type }) => serviceOf(type)))];

export default Object.fromEntries(
  streams.map((stream): [string, ConsumerFixture] => {
    const ours = contracts.filter(({ type }) => serviceOf(type) === stream);
    return [stream, { events: () => eventsOf(ours), state }];
  }),
) satisfies ConsumerFixtures;
