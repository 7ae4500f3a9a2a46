/** The queue and its history: adding mails, leasing mailboxes, recording outcomes of attempts. */
import { v7 as uuidv7 } from 'uuid';
import type { Reader, Tx } from '#mixins/database/database.ts';
import { defineRowSet } from '#mixins/database/row-set.ts';
import { notDeadLettered } from '#mixins/loops/item-dead-letters.ts';
import { MAILS } from './items.ts';
import {
  backOffMs,
  type ClaimedMail,
  type ClaimLimits,
  type Ended,
  type LastFailure,
  mailboxOf,
  type NewMail,
  type OutgoingMail,
  type ResentMail,
} from './mail.ts';
import type { ListedMail } from './mail-view.ts';

/**
 * How long a mailbox stays leased without a renewal, in milliseconds. A killed node delays the
 * mails that it was sending by this time. So does a node that never learnt that its claim was
 * committed.
 */
export const LEASE_MS = 30_000;

export interface AddedMail {
  readonly id: string;
  readonly mail: NewMail;
}

const MAIL_ROWS = defineRowSet<NewMail & { readonly id: string; readonly messageId: string }>({
  id: ['uuid', ({ id }) => id],
  request_key: ['text', ({ requestKey }) => requestKey],
  user_id: ['uuid', ({ userId }) => userId],
  recipient: ['text', ({ recipient }) => recipient],
  recipient_name: ['text', ({ recipientName }) => recipientName],
  mailbox: ['text', ({ recipient }) => mailboxOf(recipient)],
  status: ['text', ({ status }) => status],
  template: ['text', ({ template }) => template],
  subject: ['text', ({ subject }) => subject],
  text: ['text', (mail) => (mail.status === 'queued' ? mail.text : null)],
  html: ['text', (mail) => (mail.status === 'queued' ? mail.html : null)],
  sealed: ['text', ({ sealed }) => sealed],
  message_id: ['text', ({ messageId }) => messageId],
  requested_at: ['timestamptz', ({ requestedAt }) => requestedAt],
  reason: ['text', (mail) => (mail.status === 'failed' ? mail.reason : null)],
  causation_id: ['text', ({ eventId }) => eventId],
  correlation_id: ['text', ({ correlationId }) => correlationId],
  traceparent: ['text', ({ traceparent }) => traceparent],
});

/**
 * Adds mails with new keys, in the given order, and makes their mailboxes due. Returns the added
 * ones. `messageId` makes the Message-ID of a request key.
 */
export async function addMails(
  tx: Tx,
  mails: readonly NewMail[],
  messageId: (requestKey: string) => string,
): Promise<AddedMail[]> {
  if (mails.length === 0) return [];
  const byId = new Map(mails.map((mail) => [uuidv7(), mail]));
  const rows = [...byId].map(([id, mail]) => ({ ...mail, id, messageId: messageId(mail.requestKey) }));
  // Ids rise in the order given, and positions follow them.
  const added = await tx.rows<{ id: string }>(
    `INSERT INTO mail (${MAIL_ROWS.columns}, failed_at, version)
     SELECT *, CASE WHEN status = 'failed' THEN now() END, (status = 'failed')::int FROM ${MAIL_ROWS.from('new')}
     WHERE NOT EXISTS (SELECT FROM past_mail WHERE past_mail.request_key = new.request_key) ORDER BY id
     ON CONFLICT ON CONSTRAINT mail_request_uq DO NOTHING
     RETURNING id`,
    MAIL_ROWS.bind(rows),
  );
  const result = added.flatMap(({ id }) => {
    const mail = byId.get(id);
    return mail === undefined ? [] : [{ id, mail }];
  });
  const queued = result.filter(({ mail }) => mail.status === 'queued');
  await openMailboxes(
    tx,
    queued.map(({ mail }) => mailboxOf(mail.recipient)),
  );
  return result;
}

/**
 * Makes mailboxes due, after their mails are added and before the commit. A transaction that
 * settles a mailbox locks its row. It either sees these mails, or this call sets the row
 * afterwards. Rows are inserted in order of the addresses, to avoid deadlocks.
 */
export async function openMailboxes(tx: Tx, addresses: readonly string[]): Promise<void> {
  if (addresses.length === 0) return;
  await tx.run(
    `INSERT INTO mailbox (address, due_at) SELECT DISTINCT address COLLATE "C", now() FROM unnest($1::text[]) AS added (address) ORDER BY 1
     ON CONFLICT ON CONSTRAINT mailbox_pk DO UPDATE SET due_at = coalesce(mailbox.due_at, excluded.due_at)`,
    [addresses],
  );
}

/**
 * Leases due mailboxes, longest waiting first, each with its own lease. Reads the first mail of
 * each (MAIL-2). Mailboxes are claimed by how they failed, so that none waits for slower ones.
 */
export async function claimMails(tx: Tx, limits: ClaimLimits, leaseMs: number): Promise<ClaimedMail[]> {
  const claimed = await tx.rows<{ address: string; lease: string; lastFailure: LastFailure }>(
    `WITH abandoned AS MATERIALIZED (
       SELECT address, 'abandoned' AS failure FROM mailbox WHERE leased_by IS NOT NULL AND due_at <= now()
       ORDER BY due_at LIMIT least($2::bigint, $4::bigint) FOR UPDATE SKIP LOCKED
     ), slow AS MATERIALIZED (
       SELECT address, 'slow' AS failure FROM mailbox WHERE leased_by IS NULL AND failures > 0 AND slow AND due_at <= now()
       ORDER BY due_at LIMIT least($3, $2 - (SELECT count(*) FROM abandoned)) FOR UPDATE SKIP LOCKED
     ), refused AS MATERIALIZED (
       SELECT address, 'refused' AS failure FROM mailbox WHERE leased_by IS NULL AND failures > 0 AND NOT slow AND due_at <= now()
       ORDER BY due_at LIMIT $2 - (SELECT count(*) FROM abandoned) - (SELECT count(*) FROM slow) FOR UPDATE SKIP LOCKED
     ), failing AS (
       SELECT * FROM abandoned UNION ALL SELECT * FROM slow UNION ALL SELECT * FROM refused
     ), going AS MATERIALIZED (
       SELECT address, 'none' AS failure FROM mailbox WHERE leased_by IS NULL AND failures = 0 AND due_at <= now()
       ORDER BY due_at LIMIT $1 - (SELECT count(*) FROM failing) FOR UPDATE SKIP LOCKED
     )
     UPDATE mailbox SET leased_by = gen_random_uuid(), due_at = now() + $5 * interval '1 millisecond'
     FROM (SELECT * FROM failing UNION ALL SELECT * FROM going) AS due
     WHERE mailbox.address = due.address
     RETURNING mailbox.address, leased_by AS lease, failure AS "lastFailure"`,
    [limits.most, Math.min(limits.most, limits.mostFailing), limits.mostSlow, limits.mostAbandoned, leaseMs],
  );
  if (claimed.length === 0) return [];
  const mails = await tx.rows<OutgoingMail>(
    `SELECT mail.* FROM unnest($1::text[]) AS claimed (address) CROSS JOIN LATERAL (
       SELECT id, mailbox, request_key AS "requestKey", recipient, recipient_name AS "recipientName", template, subject, text, html, sealed,
         message_id AS "messageId", requested_at AS "requestedAt", causation_id AS "eventId", correlation_id AS "correlationId", traceparent
       FROM mail WHERE mailbox = claimed.address COLLATE "C" AND status = 'queued' AND ${notDeadLettered(MAILS, 'mail.id::text')}
       ORDER BY position LIMIT 1
     ) AS mail`,
    [claimed.map(({ address }) => address)],
  );
  const byMailbox = new Map(mails.map((mail) => [mail.mailbox, mail]));
  const empty = claimed.filter(({ address }) => !byMailbox.has(address)).map(({ address }) => address);
  if (empty.length > 0) {
    // A node died between two of its steps, or another node sent these mails.
    await tx.run(
      'UPDATE mailbox SET leased_by = NULL, due_at = NULL, failures = 0 WHERE address = ANY($1::text[])',
      [empty],
    );
  }
  return claimed.flatMap(({ address, ...lease }) => {
    const mail = byMailbox.get(address);
    return mail === undefined ? [] : [{ ...mail, ...lease }];
  });
}

/** Extends these leases by `leaseMs` from now. Leases that are over stay over. */
export async function renewLeases(tx: Tx, leases: readonly string[], leaseMs: number): Promise<void> {
  await tx.run(
    `UPDATE mailbox SET due_at = now() + $2 * interval '1 millisecond' WHERE leased_by = ANY ($1::uuid[])`,
    [leases, leaseMs],
  );
}

/**
 * Locks the mailbox until the end of the transaction, before its mails are read (see
 * `openMailboxes`). Returns whether the mail's lease still holds. It is over if the attempt was
 * settled before and the answer to that commit got lost. It is also over if it expired and another
 * node leased the mailbox.
 */
export async function lockMailbox(tx: Tx, { mailbox, lease }: ClaimedMail): Promise<boolean> {
  const [locked] = await tx.rows<{ held: boolean | null }>(
    'SELECT leased_by = $2::uuid AS held FROM mailbox WHERE address = $1 FOR UPDATE',
    [mailbox, lease],
  );
  return locked?.held === true;
}

/**
 * Ends the lease and makes the next mail of the mailbox due. Call it under a lease that
 * `lockMailbox` has confirmed.
 */
export async function releaseMailbox(tx: Tx, address: string): Promise<void> {
  await tx.run(
    `UPDATE mailbox SET leased_by = NULL, failures = 0,
       due_at = CASE WHEN EXISTS (SELECT FROM mail WHERE mailbox = $1 AND status = 'queued') THEN now() END
     WHERE address = $1`,
    [address],
  );
}

/** Deletes the mail's text. Ignores leases. Undefined if the mail's end was recorded before. */
export async function endAsSent(tx: Tx, id: string): Promise<Ended | undefined> {
  const [sent] = await tx.rows<Ended>(
    `UPDATE mail SET status = 'sent', sent_at = clock_timestamp(), attempts = attempts + 1, reason = NULL, text = NULL, html = NULL, sealed = NULL,
       version = coalesce(version, 0) + 1
     WHERE id = $1::uuid AND status = 'queued' RETURNING sent_at AS at, version`,
    [id],
  );
  return sent;
}

/**
 * Ignores leases. Undefined if the mail's end was recorded before. `events`: how many tell of it.
 */
export async function endAsFailed(
  tx: Tx,
  id: string,
  reason: string,
  events: 0 | 1 = 1,
): Promise<Ended | undefined> {
  const [failed] = await tx.rows<Ended>(
    `UPDATE mail SET status = 'failed', failed_at = clock_timestamp(), attempts = attempts + 1, reason = $2,
       version = coalesce(version, 0) + $3::int
     WHERE id = $1::uuid AND status = 'queued' RETURNING failed_at AS at, version`,
    [id, reason, events],
  );
  return failed;
}

/**
 * Puts a failed mail back to its place in the queue, for this recipient. Undefined unless it has
 * failed. The recipient's mailbox must be due, see `openMailboxes`.
 */
export async function requeueMail(
  tx: Tx,
  id: string,
  { recipient, recipientName }: Pick<OutgoingMail, 'recipient' | 'recipientName'>,
): Promise<Ended | undefined> {
  const [requeued] = await tx.rows<Ended>(
    `UPDATE mail SET status = 'queued', failed_at = NULL, reason = NULL, queued_at = clock_timestamp(),
       version = coalesce(version, 1) + 1, recipient = $2, recipient_name = $3, mailbox = $4
     WHERE id = $1::uuid AND status = 'failed' RETURNING queued_at AS at, version`,
    [id, recipient, recipientName, mailboxOf(recipient)],
  );
  return requeued;
}

const WITH_TEXT = `mail.id, position, mailbox, request_key AS "requestKey", status, template, recipient, subject,
  requested_at AS "requestedAt", sent_at AS "sentAt", attempts, reason, text`;

/** A mail with its text. */
interface MailWithText extends ListedMail {
  readonly text: string | null;
}

export async function findMail(reader: Reader, id: string): Promise<MailWithText | undefined> {
  const [mail] = await reader.rows<MailWithText>(`SELECT ${WITH_TEXT} FROM mail WHERE id = $1::uuid`, [id]);
  return mail;
}

/** A mail, and what decides whether and to whom it is sent again. */
interface MailToResend extends MailWithText, ResentMail {
  /** Milliseconds since its request, by the database's clock. */
  readonly ageMs: number;
}

/** Returns the mail whatever its status is. */
export async function findMailToResend(tx: Tx, id: string): Promise<MailToResend | undefined> {
  const [mail] = await tx.rows<MailToResend>(
    `SELECT ${WITH_TEXT}, recipient_name AS "recipientName",
       (extract(epoch FROM clock_timestamp() - requested_at) * 1000)::float8 AS "ageMs",
       CASE WHEN user_copy.id IS NOT NULL THEN json_build_object('name', name, 'email', email) END AS "user"
     FROM mail LEFT JOIN user_copy ON user_copy.id = user_id WHERE mail.id = $1::uuid`,
    [id],
  );
  return mail;
}

/** When the mailboxes of these mails are tried next. Those that are being tried are left out. */
export async function findNextAttempts(
  reader: Reader,
  mails: readonly Pick<ListedMail, 'status' | 'mailbox'>[],
): Promise<ReadonlyMap<string, Date>> {
  const waiting = mails.filter(({ status }) => status === 'queued').map(({ mailbox }) => mailbox);
  if (waiting.length === 0) return new Map();
  const rows = await reader.rows<{ address: string; dueAt: Date }>(
    `SELECT address, due_at AS "dueAt" FROM mailbox
     WHERE address = ANY($1::text[]) AND leased_by IS NULL AND due_at IS NOT NULL`,
    [waiting],
  );
  return new Map(rows.map(({ address, dueAt }) => [address, dueAt]));
}

/**
 * Schedules another attempt after a back-off. The mailbox's next mails wait as well. Does nothing
 * if the lease is over.
 */
export async function defer(tx: Tx, mail: ClaimedMail, reason: string, slow: boolean): Promise<void> {
  if (!(await lockMailbox(tx, mail))) return;
  await noteAttempt(tx, mail, reason);
  const [mailbox] = await tx.rows<{ failures: number }>(
    'UPDATE mailbox SET failures = failures + 1, slow = $2 WHERE address = $1 RETURNING failures',
    [mail.mailbox, slow],
  );
  if (mailbox === undefined) return;
  await tx.run(
    `UPDATE mailbox SET leased_by = NULL, due_at = clock_timestamp() + $2 * interval '1 millisecond' WHERE address = $1`,
    [mail.mailbox, backOffMs(mailbox.failures)],
  );
}

/**
 * Makes the mailbox due at once, because the attempt did not depend on it. Does nothing if the
 * lease is over.
 */
export async function giveBack(tx: Tx, mail: ClaimedMail, reason: string): Promise<void> {
  if (!(await lockMailbox(tx, mail))) return;
  await noteAttempt(tx, mail, reason);
  await tx.run('UPDATE mailbox SET leased_by = NULL, due_at = now() WHERE address = $1', [mail.mailbox]);
}

async function noteAttempt(tx: Tx, mail: OutgoingMail, reason: string): Promise<void> {
  await tx.run(
    `UPDATE mail SET attempts = attempts + 1, reason = $2 WHERE id = $1::uuid AND status = 'queued'`,
    [mail.id, reason],
  );
}
