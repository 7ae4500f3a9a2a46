/**
 * The facts of the mailer for the reconciliation (ANA-6): each payout and each digest has become
 * exactly one mail.
 */
import { checkOf } from '#mixins/reconciliation/checks.store.ts';
import { type FactSql, factSet } from '#mixins/reconciliation/facts.store.ts';
import type { Participant } from '#mixins/reconciliation/participant.ts';
import {
  dayText,
  GRACE,
  HIGHEST_UUID,
  LOWEST_UUID,
  UNVERSIONED,
  UUID_FORM,
  uuidsIn,
} from '#mixins/reconciliation/sql.ts';
import { checkUnmade, checkUnsent } from './reconcile-late.store.ts';

/**
 * A payout or a digest whose mail was composed, whatever its outcome. Recent ones without a mail
 * count too, because their lines or addresses may still arrive. The condition needs a join with
 * `mail` by its key.
 */
const MAILED = `(mail.request_key IS NOT NULL OR (state = 'waiting' AND heard_at > clock_timestamp() - ${GRACE}))`;

/** Also mails that were archived and removed. */
const EVERY_MAIL =
  '(SELECT request_key, status FROM mail UNION ALL SELECT request_key, status FROM past_mail) AS mail';

const PAYOUTS: FactSql = {
  facts: `SELECT employee_id::text AS grp, employee_id || ' ' || ${dayText('business_day')} AS key, ${UNVERSIONED} AS version,
      amount::text AS value, json_build_object('payoutId', payout_id, 'mail', mail.status) AS extra
    FROM payout LEFT JOIN ${EVERY_MAIL} ON mail.request_key = 'payout:' || payout_id
    WHERE ${uuidsIn('employee_id')} AND ${MAILED}`,
};

const DIGEST_MAIL = `LEFT JOIN ${EVERY_MAIL} ON mail.request_key = 'digest:' || shuffle_id || ':' || assignee_id`;

/** Groups are `<shuffle> <person>`. The second part may be missing in bounds. */
const DIGESTS: FactSql = {
  facts: `SELECT shuffle_id || ' ' || assignee_id AS grp, shuffle_id || ' ' || assignee_id AS key, ${UNVERSIONED} AS version,
      tasks_drawn::text AS value, json_build_object('mail', mail.status) AS extra
    FROM digest ${DIGEST_MAIL}
    WHERE (shuffle_id, assignee_id) >= (
        coalesce(left(range.low, 36)::uuid, '${LOWEST_UUID}'), coalesce(nullif(substr(range.low, 38), '')::uuid, '${LOWEST_UUID}')
      ) AND (shuffle_id, assignee_id) < (
        coalesce(left(range.high, 36)::uuid, '${HIGHEST_UUID}'), coalesce(nullif(substr(range.high, 38), '')::uuid, '${LOWEST_UUID}')
      ) AND ${MAILED}`,
  checksum: `SELECT shuffle_id::text AS key, ${UNVERSIONED} AS version, sum(tasks_drawn)::text AS value
    FROM digest ${DIGEST_MAIL} WHERE ${uuidsIn('shuffle_id')} AND ${MAILED} GROUP BY shuffle_id`,
};

/** Mails that one step reads. */
const MAILS_A_STEP = 20_000;

/** Every mail about a payout or a digest must have its payout or digest here. */
const checkMails = checkOf(
  {
    parts: `step AS MATERIALIZED (
        SELECT position, id, request_key, recipient, status FROM mail WHERE position > coalesce($1::bigint, 0)
        ORDER BY position LIMIT ${MAILS_A_STEP}
      ), wrong AS (
        SELECT 'mail_unfounded' AS code, id AS "mailId", request_key AS "requestKey", recipient, status FROM step
        WHERE starts_with(request_key, 'payout:') AND NOT EXISTS (
            SELECT FROM payout WHERE payout_id = CASE WHEN substr(request_key, 8) ~ '${UUID_FORM}' THEN substr(request_key, 8)::uuid END
          )
          OR starts_with(request_key, 'digest:') AND NOT EXISTS (
            SELECT FROM digest WHERE shuffle_id = CASE WHEN substr(request_key, 8, 36) ~ '${UUID_FORM}' THEN substr(request_key, 8, 36)::uuid END
              AND assignee_id = CASE WHEN substr(request_key, 45) ~ '${UUID_FORM}' THEN substr(request_key, 45)::uuid END
          )
      )`,
    order: '"mailId"',
    next: `SELECT CASE WHEN count(*) = ${MAILS_A_STEP} THEN max(position)::text END FROM step`,
  },
  (mail) => ({
    ...mail,
    message: `Mail ${mail.mailId} to ${mail.recipient} (${mail.requestKey}) is about a payout or digest that is not known`,
  }),
);

export const participant: Participant = {
  sets: { payout_mail: factSet(PAYOUTS), digest: factSet(DIGESTS) },
  checks: { mails: checkMails, unsent: checkUnsent, unmade: checkUnmade },
};
