/** SQL of the log. */
import { type Database, prepared, type Tx } from '#mixins/database/database.ts';
import { defineRowSet } from '#mixins/database/row-set.ts';
import type { timedPlaceIn } from '#mixins/lists.ts';
import type { AuditFilter } from './audit-list.ts';
import type { AuditRecord, StoredRecord } from './record.ts';

/** Inserts new records and returns their number. */
export async function insertRecords(tx: Tx, records: readonly AuditRecord[]): Promise<number> {
  // One order everywhere: two nodes with the same events must not deadlock.
  const rows = records.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1));
  return await tx.run(INSERT, ROWS.bind(rows));
}

const ROWS = defineRowSet<AuditRecord>({
  event_id: ['uuid', ({ eventId }) => eventId],
  at: ['timestamptz', ({ at }) => at.toISOString()],
  sequence: ['bigint', ({ sequence }) => sequence],
  whole_state: ['boolean', ({ wholeState }) => wholeState],
  stream: ['text', ({ stream }) => stream],
  type: ['text', ({ type }) => type],
  subject: ['text', ({ subject }) => subject],
  source: ['text', ({ source }) => source],
  actor_id: ['text', ({ actorId }) => actorId],
  actor_address: ['text', ({ actorAddress }) => actorAddress],
  correlation_id: ['text', ({ correlationId }) => correlationId],
  causation_id: ['text', ({ causationId }) => causationId],
  data: ['jsonb', ({ data }) => data],
});

const INSERT = prepared(
  `INSERT INTO audit_record (${ROWS.columns}) SELECT * FROM ${ROWS.from('record')} ON CONFLICT (event_id) DO NOTHING`,
);

/** A JavaScript time as a number: PostgreSQL can't parse the text of every supported year. */
const TIME = 'to_timestamp(?::float8 / 1000)';

/**
 * The newest records that match the filter, after a position. The state before each is looked up
 * by version at this read, because events may arrive in any order.
 */
export async function findRecords(
  database: Database,
  filter: AuditFilter,
  behind: ReturnType<typeof timedPlaceIn> | null,
  limit: number,
): Promise<StoredRecord[]> {
  const bind: unknown[] = [];
  const conditions: string[] = [];
  // The text has only the requested conditions: a condition on null would not use an index.
  const where = (condition: string, ...values: unknown[]) => {
    conditions.push(condition.replaceAll('?', () => `$${bind.push(values.shift())}`));
  };
  if (filter.type !== undefined) where('type = ?', filter.type);
  if (filter.subject !== undefined) where('subject = ?', filter.subject);
  if (filter.actor !== undefined) where('actor_id = ?', filter.actor);
  if (filter.from !== undefined) where(`at >= ${TIME}`, filter.from.getTime());
  if (filter.before !== undefined) where(`at < ${TIME}`, filter.before.getTime());
  if (behind !== null) where(`(at, event_id) < (${TIME}, ?::uuid)`, behind.at, behind.id);
  return await database.rows<StoredRecord>(
    `SELECT record.event_id AS id, record.type, record.subject, record.actor_id AS "actorId",
       record.actor_address AS "actorAddress", record.at, record.whole_state AS "wholeState", record.data, previous.data AS previous
     FROM (
       SELECT * FROM audit_record ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
       ORDER BY at DESC, event_id DESC LIMIT $${bind.push(limit)}
     ) AS record
     LEFT JOIN LATERAL (
       SELECT data FROM audit_record AS earlier
       WHERE record.whole_state AND earlier.whole_state AND earlier.subject = record.subject
         AND earlier.sequence = record.sequence - 1 AND earlier.stream = record.stream
       -- Two majors of one change have the same version: prefer the same major.
       ORDER BY split_part(earlier.type, '.', 4) = split_part(record.type, '.', 4) DESC
       LIMIT 1
     ) AS previous ON true
     ORDER BY record.at DESC, record.event_id DESC`,
    bind,
  );
}
