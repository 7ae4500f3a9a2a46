/** Records the outcome of each attempt. The event of a mail's end is in the same transaction. */
import type { Database, Tx } from '#mixins/database/database.ts';
import { deadLetterItem } from '#mixins/loops/item-dead-letters.ts';
import type { SettledWork } from '#mixins/loops/item-work.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { MAILS, mailItem, mailOfItem } from '../mails/items.ts';
import {
  defer,
  endAsFailed,
  endAsSent,
  giveBack,
  lockMailbox,
  openMailboxes,
  releaseMailbox,
} from '../mails/mail.store.ts';
import type { ClaimedMail, EndingMail, Outcome } from '../mails/mail.ts';
import { failedEvent, sentEvent } from '../mails/mail-events.ts';

/**
 * May be repeated. If it was committed and only the answer got lost, the repetition changes and
 * publishes nothing.
 */
export function settle(database: Database, mail: ClaimedMail, outcome: Outcome): Promise<void> {
  return database.inTransaction(async (tx) => {
    switch (outcome.kind) {
      case 'sent':
      case 'refused': {
        const isLeased = await lockMailbox(tx, mail);
        // A sent mail is recorded even if another node has the lease now: the sooner this is
        // recorded, the fewer nodes send it again. The failure is decided by the node with the
        // lease.
        if (isLeased || outcome.kind === 'sent') await endMail(tx, mail, outcome);
        if (isLeased) await releaseMailbox(tx, mail.mailbox);
        return;
      }
      case 'deferred':
        return await defer(tx, mail, outcome.reason, outcome.slow ?? false);
      case 'unreachable':
        return await giveBack(tx, mail, outcome.reason);
      default:
        throw outcome satisfies never;
    }
  });
}

/** Records the end of a mail with its event, unless it was recorded before. Ignores leases. */
async function endMail(
  tx: Tx,
  mail: EndingMail,
  outcome: Extract<Outcome, { kind: 'sent' | 'refused' }>,
): Promise<void> {
  if (outcome.kind === 'sent') {
    const sent = await endAsSent(tx, mail.id);
    if (sent !== undefined) await appendEvents(tx, [sentEvent(mail, sent)]);
  } else {
    const failed = await endAsFailed(tx, mail.id, outcome.reason);
    if (failed !== undefined) await appendEvents(tx, [failedEvent(mail, outcome.reason, failed)]);
  }
}

/**
 * Dead-letters a mail whose end cannot be recorded, with its outcome. Its mailbox continues.
 * Returns the error's code.
 */
export function deadLetterMail(
  database: Database,
  mail: ClaimedMail,
  outcome: Outcome,
  error: unknown,
): Promise<string> {
  return database.inTransaction(async (tx) => {
    const code = await deadLetterItem(tx, MAILS, mailItem(mail, outcome), error, 1);
    if (await lockMailbox(tx, mail)) await releaseMailbox(tx, mail.mailbox);
    return code;
  });
}

/**
 * The items of the loop `mailer-sending` are mails. The loop itself dead-letters them
 * (`deadLetterMail`).
 */
export function mailsWork(): SettledWork {
  return {
    name: MAILS,
    async redrive(tx, item) {
      const { mail, outcome } = mailOfItem(item);
      switch (outcome.kind) {
        case 'sent':
        case 'refused':
          return await endMail(tx, mail, outcome);
        case 'deferred':
        case 'unreachable':
          return await openMailboxes(tx, [mail.mailbox]);
        default:
          throw outcome satisfies never;
      }
    },
    // No event is appended: an event that cannot be made may be why the mail was dead-lettered. The
    // dead letter records the discard.
    async discard(tx, item, reason) {
      const { mail, outcome } = mailOfItem(item);
      if (outcome.kind === 'sent') await endAsSent(tx, mail.id);
      else await endAsFailed(tx, mail.id, `discarded: ${reason}`, 0);
    },
  };
}
