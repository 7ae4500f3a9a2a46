/**
 * Differences for the reconciliation (ANA-6): due mails that are not sent, and requests without a
 * mail, whatever the cause.
 */
import { checkOf } from '#mixins/reconciliation/checks.store.ts';
import { GRACE, LOWEST_UUID } from '#mixins/reconciliation/sql.ts';

/** Rows that one step reads. */
const MAILS_A_STEP = 20_000;
const REQUESTS_A_STEP = 20_000;

/**
 * Mails that were queued longer ago than the grace period. A mailbox in its own back-off is not
 * due: its mails wait for it, in order.
 */
export const checkUnsent = checkOf(
  {
    parts: `step AS MATERIALIZED (
        SELECT position, id, request_key, recipient, mailbox, queued_at, reason FROM mail
        WHERE status = 'queued' AND position > coalesce($1::bigint, 0) ORDER BY position LIMIT ${MAILS_A_STEP}
      ), wrong AS (
        SELECT 'mail_unsent' AS code, id AS "mailId", request_key AS "requestKey", recipient, queued_at AS "queuedAt", step.reason
        FROM step LEFT JOIN mailbox ON address = step.mailbox
        WHERE queued_at < clock_timestamp() - ${GRACE} AND (failures > 0 AND due_at > clock_timestamp()) IS NOT TRUE
      )`,
    order: '"mailId"',
    next: `SELECT CASE WHEN count(*) = ${MAILS_A_STEP} THEN max(position)::text END FROM step`,
  },
  (mail) => ({
    ...mail,
    message: `Mail ${mail.mailId} to ${mail.recipient} (${mail.requestKey}) is due since ${mail.queuedAt} and not sent`,
  }),
);

/**
 * Requests that were received longer ago than the grace period, which is longer than a request
 * waits for earlier ones.
 */
export const checkUnmade = checkOf(
  {
    parts: `step AS MATERIALIZED (
        SELECT request_id, recipient, received_at FROM request WHERE request_id > coalesce($1::uuid, '${LOWEST_UUID}')
        ORDER BY request_id LIMIT ${REQUESTS_A_STEP}
      ), wrong AS (
        SELECT 'request_unmade' AS code, request_id AS "requestId", left(recipient, 320) AS recipient, received_at AS "receivedAt"
        FROM step WHERE received_at < clock_timestamp() - ${GRACE}
      )`,
    order: '"requestId"',
    next: `SELECT CASE WHEN count(*) = ${REQUESTS_A_STEP} THEN (array_agg(request_id ORDER BY request_id DESC))[1]::text END FROM step`,
  },
  (request) => ({
    ...request,
    message: `Request ${request.requestId}, received ${request.receivedAt}, has not become a mail`,
  }),
);
