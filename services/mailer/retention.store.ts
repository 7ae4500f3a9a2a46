/** What may go of the history of mails (ADR 44). */
import type { Retention } from '#mixins/retention/retained.ts';

const DUE = `mail.status <> 'queued' AND coalesce(mail.sent_at, mail.failed_at) < before`;

export default {
  rows: [
    {
      what: 'mails',
      days: ({ retentionMailsDays }) => retentionMailsDays,
      // Nobody can read a sealed secret without the key, and the key is not archived.
      due: `SELECT mail.id::text AS key, to_jsonb(mail) - 'sealed' AS row FROM mail, given WHERE ${DUE}`,
      // A new mail looks for its key in both tables. It waits for the lock first, so it finds the key.
      lock: 'mail',
      remove: `, gone AS (
          DELETE FROM mail USING given WHERE mail.id = ANY (keys::uuid[]) AND ${DUE} RETURNING request_key, mail.status
        ) INSERT INTO past_mail (request_key, status) SELECT request_key, status FROM gone`,
    },
  ],
} satisfies Retention;
