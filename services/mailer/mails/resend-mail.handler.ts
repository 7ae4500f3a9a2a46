/** Puts a failed mail into the queue again (MAIL-5). */
import type { Database } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import { forgetDiscarded } from '#mixins/loops/item-dead-letters.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { Problem } from '#schemas/errors.ts';
import { MAILS } from './items.ts';
import { findMail, findNextAttempts, openMailboxes, requeueMail } from './mail.store.ts';
import { requeuedEvent } from './mail-events.ts';
import { type MailView, viewMail } from './mail-view.ts';
import { mailsQueued } from './signals.ts';

/**
 * Throws `not_found`; `mail_not_failed` unless the mail has failed; `conflict` if it was refused
 * before it had a text. Of several calls at once, one succeeds.
 */
export function resendMail(
  database: Database,
  id: string,
  { cause, idempotency }: Pick<Request, 'cause' | 'idempotency'>,
): Promise<MailView> {
  return database.inTransaction((tx) =>
    withIdempotency(tx, idempotency, async () => {
      const mail = await findMail(tx, id);
      if (mail === undefined) throw new Problem('not_found');
      if (mail.status === 'failed' && mail.text === null) {
        throw new Problem('conflict', `It has no text to send (${mail.reason}): request another mail`);
      }
      // The mailbox is locked before the mail, as when an attempt ends.
      await openMailboxes(tx, [mail.mailbox]);
      const requeued = await requeueMail(tx, id);
      if (requeued === undefined) throw new Problem('mail_not_failed');
      await forgetDiscarded(tx, MAILS, id);
      await appendEvents(tx, [requeuedEvent(mail, requeued, cause)]);
      mailsQueued.sendAfterCommit(tx);
      const queued = { ...mail, status: 'queued', reason: null } as const;
      return viewMail(queued, await findNextAttempts(tx, [queued]));
    }),
  );
}
