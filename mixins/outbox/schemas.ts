/** Makes sure that whoever reads an event finds the schema it was written with. */
import { readFingerprint } from '../../schemas/avro.ts';
import type { AvroRecord } from '../../schemas/event.ts';
import type { SchemaRegistry } from '../../schemas/registry.ts';
import type { Tx } from '../database/database.ts';
import { type OutboxRow, type Refusal, readSchemas } from './outbox.store.ts';

export interface Registration {
  /** Fingerprints that were registered just now. */
  readonly registered: readonly string[];
  /** Events that nobody could ever read. */
  readonly unreadable: readonly Refusal[];
}

/** Registers the schemas of these events that are not among the `known` fingerprints. Throws what PostgreSQL or NATS throw. */
export async function registerSchemas(
  tx: Tx,
  registry: SchemaRegistry,
  rows: readonly OutboxRow[],
  known: ReadonlySet<string>,
): Promise<Registration> {
  const unreadable: Refusal[] = [];
  const wanted = new Map<string, number[]>();
  for (const { position, payload } of rows) {
    const fingerprint = fingerprintIn(payload);
    if (fingerprint === null) {
      unreadable.push({ position, reason: 'The payload is not in the encoding of events' });
    } else if (!known.has(fingerprint)) {
      const positions = wanted.get(fingerprint);
      if (positions === undefined) wanted.set(fingerprint, [position]);
      else positions.push(position);
    }
  }
  if (wanted.size === 0) return { registered: [], unreadable };
  const schemas = await readSchemas(tx, [...wanted.keys()]);
  await registry.register(schemas.map(({ schema }) => ({ schema: JSON.parse(schema) as AvroRecord })));
  const registered = schemas.map(({ fingerprint }) => fingerprint);
  for (const [fingerprint, positions] of wanted) {
    if (registered.includes(fingerprint)) continue;
    for (const position of positions) {
      unreadable.push({ position, reason: `Its schema ${fingerprint} was not kept` });
    }
  }
  // The network took its time: PostgreSQL, which ends a transaction that idles, begins to count anew.
  await tx.rows('SELECT 1');
  return { registered, unreadable };
}

function fingerprintIn(payload: Buffer): string | null {
  try {
    return readFingerprint(payload);
  } catch {
    return null;
  }
}
