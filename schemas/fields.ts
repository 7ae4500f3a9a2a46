/** Avro types that contracts use again and again. */

/** A UUID as text. */
export const uuid = { type: 'string', logicalType: 'uuid' } as const;
/** Milliseconds since 1970-01-01T00:00:00Z. */
export const timestamp = { type: 'long', logicalType: 'timestamp-millis' } as const;
/** Integer minor units of the currency that stands beside it. */
export const amount = 'long' as const;
/** A business day as `YYYY-MM-DD`. */
export const businessDay = 'string' as const;
/** A type or null. */
export const nullable = <const T extends string | object>(type: T) => ['null', type] as const;
