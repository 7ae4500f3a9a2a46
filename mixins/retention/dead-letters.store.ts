/** Settled dead letters that nothing needs any more. */
import type { RetainedRows } from './retained.ts';

/**
 * A settled dead letter keeps a redelivered event from being handled again. So it goes only when
 * the event has left its stream. Items of loops have no stream: a redriven one was taken up again,
 * and a discarded one stays, because the loop would take it up again.
 */
const DUE = `settled_at < before AND CASE WHEN stream = '' THEN status = 'redriven'
    ELSE status <> 'open' AND stream_sequence < (firsts->>stream)::bigint END`;

export const retainedDeadLetters: RetainedRows = {
  what: 'dead-letters',
  days: ({ retentionDeadLettersDays }) => retentionDeadLettersDays,
  due: `SELECT id::text AS key, to_jsonb(dead_letter) AS row FROM dead_letter, given WHERE ${DUE}`,
  remove: `DELETE FROM dead_letter USING given WHERE id = ANY (keys::uuid[]) AND ${DUE}`,
};
