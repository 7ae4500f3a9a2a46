/** What may go of the log (ADR 44). */
import type { Retention } from '#mixins/retention/retained.ts';

/**
 * The newest state of an aggregate stays: later records are compared with it, and names of actors
 * come from it.
 */
const DUE = `record.at < before AND (NOT record.whole_state OR EXISTS (
    SELECT FROM audit_record AS later
    WHERE later.whole_state AND later.subject = record.subject AND later.stream = record.stream
      AND later.sequence > record.sequence AND later.at < before
  ))`;

export default {
  rows: [
    {
      what: 'records',
      days: ({ retentionAuditDays }) => retentionAuditDays,
      due: `SELECT event_id::text AS key, to_jsonb(record) AS row FROM audit_record AS record, given WHERE ${DUE}`,
      remove: `DELETE FROM audit_record AS record USING given WHERE event_id = ANY (keys::uuid[]) AND ${DUE}`,
      appendOnly: { table: 'audit_record', trigger: 'audit_record_append_only' },
    },
  ],
} satisfies Retention;
