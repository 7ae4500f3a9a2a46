/**
 * An event contract: a type name, the aggregate whose versions the type shares, and an Avro record.
 * The TypeScript type of the payload is derived from the Avro schema; there is no second
 * declaration.
 */

/**
 * The largest event with its headers, in bytes. The outbox refuses larger ones before their commit.
 */
export const MAX_EVENT_BYTES = 64 * 1024;

/**
 * The part of Avro that contracts use: records, arrays, enums, nullable fields and these
 * primitives.
 */
export type AvroPrimitive = 'string' | 'boolean' | 'int' | 'long' | 'null';
export interface AvroLogical {
  readonly type: 'string' | 'long' | 'int';
  readonly logicalType: 'uuid' | 'timestamp-millis' | 'date';
}
export interface AvroArray {
  readonly type: 'array';
  readonly items: AvroSchema;
}
export interface AvroEnum {
  readonly type: 'enum';
  readonly name: string;
  readonly symbols: readonly string[];
}
export interface AvroRecord<F extends readonly AvroField[] = readonly AvroField[]> {
  readonly type: 'record';
  readonly name: string;
  readonly fields: F;
}
export interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly default?: unknown;
  readonly doc?: string;
}
export type AvroSchema =
  | AvroPrimitive
  | AvroLogical
  | AvroArray
  | AvroEnum
  | AvroRecord
  | readonly AvroSchema[];

/**
 * The JavaScript value of a schema. `long` is a safe integer; `timestamp-millis` is milliseconds
 * since 1970.
 */
export type AvroValue<S> = S extends 'string'
  ? string
  : S extends 'boolean'
    ? boolean
    : S extends 'int' | 'long'
      ? number
      : S extends 'null'
        ? null
        : S extends readonly (infer U)[]
          ? U extends unknown
            ? AvroValue<U>
            : never
          : S extends { readonly type: 'record'; readonly fields: infer F extends readonly AvroField[] }
            ? // Any record of an unknown contract: following its fields would not end.
              readonly AvroField[] extends F
              ? Readonly<Record<string, unknown>>
              : { readonly [K in F[number] as K['name']]: AvroValue<K['type']> }
            : S extends { readonly type: 'array'; readonly items: infer I }
              ? readonly AvroValue<I>[]
              : S extends { readonly type: 'enum'; readonly symbols: readonly (infer Y)[] }
                ? Y
                : S extends { readonly type: 'string' }
                  ? string
                  : S extends { readonly type: 'long' | 'int' }
                    ? number
                    : never;

/** `<service>.<entity>.<past-tense>.v<major>` */
export type EventType = `${string}.${string}.${string}.v${number}`;

export interface EventContract<T extends EventType = EventType, S extends AvroRecord = AvroRecord> {
  /** For example `parrots.parrot.fed.v1`; its first word names the stream. */
  readonly type: T;
  /**
   * `ce-subject` is `<aggregate>/<id>`. All types of an aggregate share one sequence of versions:
   * 1, 2, 3 …
   */
  readonly aggregate: string;
  /**
   * Whether the data have the whole state of the aggregate, in the same fields each time. Then the
   * previous version shows the state before.
   */
  readonly wholeState?: true;
  readonly schema: S;
  /**
   * The field with the aggregate's id, in every event. If `ce-subject` names another id, the outbox
   * refuses the event, and consumers dead-letter it. Left out when no field has the id.
   */
  readonly idField?: string;
}

export type EventData<C extends EventContract> = AvroValue<C['schema']>;

/**
 * Declares an event contract. Each contract has a file that is named after its type. The name of
 * its record follows from the type: `parrots.ParrotFed` for `parrots.parrot.fed.v1`.
 */
export function defineEvent<const T extends EventType, const F extends readonly AvroField[]>({
  fields,
  ...contract
}: Omit<EventContract<T>, 'schema'> & { readonly fields: F }): EventContract<T, AvroRecord<F>> {
  return { ...contract, schema: { type: 'record', name: recordOf(contract.type), fields } };
}

function recordOf(type: EventType): string {
  const [service = '', entity, past] = type.split('.');
  const words = `${entity}-${past}`.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${service.replaceAll('-', '_')}.${words.join('')}`;
}

/** The service of an event type or of an action: its first word. It also names the stream. */
export function serviceOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}

/** A UUID as text, for the schemas of contracts. */
export const uuid = { type: 'string', logicalType: 'uuid' } as const;
/** Milliseconds since 1970-01-01T00:00:00Z. */
export const timestamp = { type: 'long', logicalType: 'timestamp-millis' } as const;
/** Integer minor units of the currency in a sibling field. */
export const amount = 'long' as const;
/** A business day as `YYYY-MM-DD`. */
export const businessDay = 'string' as const;
/** A type or null. */
export const nullable = <const T extends string | object>(type: T) => ['null', type] as const;
