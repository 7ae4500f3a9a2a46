/** Puts a failed mail into the queue again (MAIL-5). */
import type { Database } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import { forgetDiscarded } from '#mixins/loops/item-dead-letters.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { Problem } from '#schemas/errors.ts';
import { isExpired } from '../requests/render-request.ts';
import { MAILS } from './items.ts';
import { findMailToResend, findNextAttempts, openMailboxes, requeueMail } from './mail.store.ts';
import { mailboxOf, recipientOf } from './mail.ts';
import { requeuedEvent } from './mail-events.ts';
import { type MailView, viewMail } from './mail-view.ts';
import { mailsQueued } from './signals.ts';

/**
 * Throws `not_found`; `mail_not_failed` unless the mail has failed; `conflict` if it was refused
 * before it had a text; `mail_expired` if its code has expired. Of several calls at once, one
 * succeeds.
 */
export function resendMail(
  database: Database,
  id: string,
  { cause, idempotency }: Pick<Request, 'cause' | 'idempotency'>,
): Promise<MailView> {
  return database.inTransaction((tx) =>
    withIdempotency(tx, idempotency, async () => {
      const mail = await findMailToResend(tx, id);
      if (mail === undefined) throw new Problem('not_found');
      if (mail.status !== 'failed') throw new Problem('mail_not_failed');
      if (mail.text === null) {
        throw new Problem('conflict', `It has no text to send (${mail.reason}): request another mail`);
      }
      if (isExpired(mail.template, mail.ageMs)) throw new Problem('mail_expired');
      const to = recipientOf(mail);
      const mailbox = mailboxOf(to.recipient);
      // The mailbox is locked before the mail, as when an attempt ends.
      await openMailboxes(tx, [mailbox]);
      const requeued = await requeueMail(tx, id, to);
      if (requeued === undefined) throw new Problem('mail_not_failed');
      const queued = { ...mail, ...to, mailbox, status: 'queued', reason: null } as const;
      await forgetDiscarded(tx, MAILS, id);
      await appendEvents(tx, [requeuedEvent(queued, requeued, cause)]);
      mailsQueued.sendAfterCommit(tx);
      return viewMail(queued, await findNextAttempts(tx, [queued]));
    }),
  );
}
