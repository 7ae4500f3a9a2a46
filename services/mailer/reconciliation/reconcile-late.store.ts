/**
 * Differences for the reconciliation (ANA-6): due mails that are not sent, and requests without a
 * mail, whatever the cause.
 */
import type { Check } from '#mixins/reconciliation/participant.ts';
import { GRACE } from '#mixins/reconciliation/sql.ts';
import { MAX_CHECK_NAMED } from '#schemas/reconciliation.ts';

const UNSENT = 'mail_unsent';
const UNMADE = 'request_unmade';
/** Mails that one step reads. */
const MAILS_A_STEP = 20_000;

interface UnsentMail {
  readonly mailId: string;
  readonly requestKey: string;
  readonly recipient: string;
  readonly queuedAt: string;
  /** Why the last attempt failed, or null. */
  readonly reason: string | null;
}

/**
 * Mails that were queued longer ago than the grace period. A mailbox in its own back-off is not
 * due: its mails wait for it, in order.
 */
export const checkUnsent: Check = async (tx, after) => {
  const [found] = await tx.rows<{ late: UnsentMail[] | null; count: number; next: string | null }>(
    `WITH step AS MATERIALIZED (
       SELECT position, id, request_key, recipient, mailbox, queued_at, reason FROM mail
       WHERE status = 'queued' AND position > coalesce($1::bigint, 0) ORDER BY position LIMIT $2
     ), late AS (
       SELECT id AS "mailId", request_key AS "requestKey", recipient, queued_at AS "queuedAt", step.reason
       FROM step LEFT JOIN mailbox ON address = step.mailbox
       WHERE queued_at < clock_timestamp() - ${GRACE} AND (failures > 0 AND due_at > clock_timestamp()) IS NOT TRUE
     )
     SELECT (SELECT json_agg(named) FROM (SELECT * FROM late ORDER BY "mailId" LIMIT $3) AS named) AS late,
       (SELECT count(*) FROM late) AS count, (SELECT CASE WHEN count(*) = $2 THEN max(position)::text END FROM step) AS next`,
    [after, MAILS_A_STEP, MAX_CHECK_NAMED],
  );
  const { late, count = 0 } = found ?? {};
  return {
    differences: (late ?? []).map((mail) => ({
      code: UNSENT,
      message: `Mail ${mail.mailId} to ${mail.recipient} (${mail.requestKey}) is due since ${mail.queuedAt} and not sent`,
      ...mail,
    })),
    counts: count === 0 ? {} : { [UNSENT]: count },
    next: found?.next ?? null,
  };
};

interface UnmadeRequest {
  readonly requestId: string;
  readonly recipient: string;
  readonly receivedAt: string;
}

/**
 * Requests that were received longer ago than the grace period, which is longer than a request
 * waits for earlier ones.
 */
export const checkUnmade: Check = async (tx) => {
  const late = `FROM request WHERE received_at < clock_timestamp() - ${GRACE}`;
  const [found] = await tx.rows<{ late: UnmadeRequest[] | null; count: number }>(
    `SELECT (SELECT count(*) ${late}) AS count, (SELECT json_agg(named) FROM (
         SELECT request_id AS "requestId", left(recipient, 320) AS recipient, received_at AS "receivedAt" ${late}
         ORDER BY request_id LIMIT $1
       ) AS named) AS late`,
    [MAX_CHECK_NAMED],
  );
  const { late: named, count = 0 } = found ?? {};
  return {
    differences: (named ?? []).map((request) => ({
      code: UNMADE,
      message: `Request ${request.requestId}, received ${request.receivedAt}, has not become a mail`,
      ...request,
    })),
    counts: count === 0 ? {} : { [UNMADE]: count },
    next: null,
  };
};
