/** Which events of a stream an outbox knows. */
import type { Envelope } from '../../schemas/envelope.ts';
import type { Tx } from '../database/database.ts';

/** The ids among these events that are in the outbox, published or not. It forgets published ones after `OUTBOX_KEEP_DAYS`. */
export async function knownEvents(tx: Tx, events: readonly Envelope[]): Promise<Set<string>> {
  if (events.length === 0) return new Set();
  const rows = await tx.rows<{ id: string }>(
    `SELECT outbox.event_id AS id
       FROM unnest($1::text[], $2::bigint[], $3::text[], $4::uuid[]) AS given (aggregate, sequence, type, id)
       JOIN outbox ON outbox.aggregate = given.aggregate AND outbox.sequence = given.sequence AND outbox.type = given.type
                  AND outbox.event_id = given.id`,
    [
      events.map(({ subject }) => subject),
      events.map(({ sequence }) => sequence),
      events.map(({ type }) => type),
      events.map(({ id }) => id),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}
