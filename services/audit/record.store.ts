/** SQL of the log. */
import { type Database, prepared, type Tx } from '#mixins/database/database.ts';
import { defineRowSet } from '#mixins/database/row-set.ts';
import type { timedPlaceIn } from '#mixins/lists.ts';
import { serviceOf } from '#schemas/event.ts';
import { userRegistered } from '#schemas/events/auth/user-registered.v1.ts';
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
 * Merges the newest records of each type of a service. Each type has its part of an index, but a
 * service has none. `rows` selects those of `kind.type`.
 */
function ofService(service: string, rows: string, end: string, bind: unknown[]): string {
  const [low, high] = [`$${bind.push(`${service}.`)}`, `$${bind.push(`${service}/`)}`];
  return `WITH RECURSIVE kind AS (
      SELECT min(type) AS type FROM audit_record WHERE type > ${low} AND type < ${high}
      UNION ALL
      SELECT (SELECT min(type) FROM audit_record WHERE type > kind.type AND type < ${high}) FROM kind WHERE kind.type IS NOT NULL
    )
    SELECT newest.* FROM kind CROSS JOIN LATERAL (${rows}) AS newest ${end}`;
}

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
  if (filter.correlation !== undefined) where('correlation_id = ?', filter.correlation);
  if (filter.service !== undefined) where('stream = ?', filter.service);
  if (filter.from !== undefined) where(`at >= ${TIME}`, filter.from.getTime());
  if (filter.before !== undefined) where(`at < ${TIME}`, filter.before.getTime());
  if (behind !== null) where(`(at, event_id) < (${TIME}, ?::uuid)`, behind.at, behind.id);
  const { service, type, subject, correlation } = filter;
  const isWhole = type === undefined && subject === undefined && correlation === undefined;
  const end = `ORDER BY at DESC, event_id DESC LIMIT $${bind.push(limit)}`;
  const select = (...more: readonly string[]) => {
    const all = [...more, ...conditions];
    return `SELECT * FROM audit_record ${all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`} ${end}`;
  };
  const newest =
    service !== undefined && isWhole ? ofService(service, select('type = kind.type'), end, bind) : select();
  return await database.rows<StoredRecord>(
    `SELECT record.event_id AS id, record.type, record.subject, record.actor_id AS "actorId",
       person.name AS "actorName", record.actor_address AS "actorAddress", record.at, record.correlation_id AS "correlationId",
       record.causation_id AS "causationId", record.whole_state AS "wholeState", record.data, previous.data AS previous
     FROM (${newest}) AS record
     LEFT JOIN LATERAL (
       SELECT data->>'name' AS name FROM audit_record AS user_event
       WHERE whole_state AND subject = '${userRegistered.aggregate}/' || record.actor_id AND stream = '${serviceOf(userRegistered.type)}'
       ORDER BY sequence DESC LIMIT 1
     ) AS person ON true
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
