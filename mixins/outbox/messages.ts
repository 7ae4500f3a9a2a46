/** Makes messages of the outbox's rows, and registers the schemas that readers need for them. */
import { headers } from 'nats';
import type { SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import type { Tx } from '#mixins/database/database.ts';
import { subjectOf } from '#mixins/names.ts';
import { readFingerprint } from '#schemas/avro.ts';
import { toHeaders } from '#schemas/cloud-events.ts';
import type { AvroRecord } from '#schemas/event.ts';
import { type OutboxRow, type Refusal, readSchemas } from './outbox.store.ts';
import type { Outgoing } from './publisher.ts';

/** An event as a message. `source` is the service of the outbox. */
export function outgoing(namespace: string, source: string, row: OutboxRow): Outgoing {
  const { eventId, aggregate, occurredAt, stream, payload } = row;
  const result = headers();
  const envelope = { ...row, id: eventId, source, subject: aggregate, time: occurredAt };
  for (const [name, value] of toHeaders(envelope)) result.append(name, value);
  return { subject: subjectOf(namespace, row.type), lane: stream, headers: result, payload };
}

export interface Registration {
  /** Fingerprints of the schemas that were registered just now. */
  readonly registered: readonly string[];
  /** Events that no reader could decode. */
  readonly unreadable: readonly Refusal[];
}

/**
 * Registers the schemas of these events, but for the `known` fingerprints. Throws errors of
 * PostgreSQL and NATS.
 */
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
  // Restarts the time after which PostgreSQL ends an idle transaction: the network took some of it.
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
