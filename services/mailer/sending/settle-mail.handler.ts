/** Leases mails to send, and writes down what came of each attempt; the event of its end is in the same transaction. */
import { countAttempt, forgetAttempts } from '#mixins/consumer/retry.ts';
import type { Database } from '#mixins/database/database.ts';
import { deadLetterItem } from '#mixins/loops/item-dead-letters.ts';
import type { SettledWork } from '#mixins/loops/item-work.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { MAILS, mailItem, mailOfItem } from '../mails/items.ts';
import {
  claimMails,
  defer,
  endAsFailed,
  endAsSent,
  giveBack,
  leave,
  markFailed,
  markSent,
  openMailboxes,
  renewLeases,
} from '../mails/mail.store.ts';
import type { ClaimedMail, ClaimLimits, Outcome } from '../mails/mail.ts';
import { failedEvent, sentEvent } from '../mails/mail-events.ts';

/** The leases hold for `leaseMs` milliseconds, unless they are renewed. */
export function claim(database: Database, limits: ClaimLimits, leaseMs: number): Promise<ClaimedMail[]> {
  return database.inTransaction((tx) => claimMails(tx, limits, leaseMs));
}

/** Only what is known to be under way: a claim whose commit nobody heard of would be held for ever. */
export function renew(database: Database, leases: readonly string[], leaseMs: number): Promise<void> {
  return database.inTransaction((tx) => renewLeases(tx, leases, leaseMs));
}

/** May be repeated: what was committed, and only its answer got lost, changes nothing the second time, and tells nothing. */
export function settle(database: Database, mail: ClaimedMail, outcome: Outcome): Promise<void> {
  return database.inTransaction(async (tx) => {
    switch (outcome.kind) {
      case 'sent': {
        const sentAt = await markSent(tx, mail);
        if (sentAt !== null) await appendEvents(tx, [sentEvent(mail, sentAt)]);
        return;
      }
      case 'refused': {
        const failedAt = await markFailed(tx, mail, outcome.reason);
        if (failedAt !== null) await appendEvents(tx, [failedEvent(mail, outcome.reason, failedAt)]);
        return;
      }
      case 'deferred':
        return await defer(tx, mail, outcome.reason);
      case 'unreachable':
        return await giveBack(tx, mail, outcome.reason);
      default:
        throw outcome satisfies never;
    }
  });
}

/** The end of a mail can't be written down: it is set aside with its outcome, and its mailbox goes on. Returns the error's code. */
export function setMailAside(
  database: Database,
  mail: ClaimedMail,
  outcome: Outcome,
  error: unknown,
): Promise<string> {
  return database.inTransaction(async (tx) => {
    const code = await deadLetterItem(tx, MAILS, mailItem(mail, outcome), error, 1);
    await leave(tx, mail);
    return code;
  });
}

/** Counts an attempt at a mail before it is made; returns how many before it left no trace of an end. */
export function countMailAttempt(database: Database, { id }: ClaimedMail): Promise<number> {
  return database.inTransaction((tx) => countAttempt(tx, MAILS, id, 0));
}

/** The attempt left a trace: the process is alive. */
export function forgetMailAttempts(database: Database, { id }: ClaimedMail): Promise<void> {
  return database.inTransaction((tx) => forgetAttempts(tx, MAILS, id));
}

/** The items of the loop `mailer-sending` are mails; it sets them aside by itself (`setMailAside`). */
export function mailsWork(): SettledWork {
  return {
    name: MAILS,
    async redrive(tx, item) {
      const { mail, outcome } = mailOfItem(item);
      switch (outcome.kind) {
        case 'sent': {
          const sentAt = await endAsSent(tx, mail.id);
          if (sentAt !== null) await appendEvents(tx, [sentEvent(mail, sentAt)]);
          return;
        }
        case 'refused': {
          const failedAt = await endAsFailed(tx, mail.id, outcome.reason);
          if (failedAt !== null) await appendEvents(tx, [failedEvent(mail, outcome.reason, failedAt)]);
          return;
        }
        case 'deferred':
        case 'unreachable':
          return await openMailboxes(tx, [mail.mailbox]);
        default:
          throw outcome satisfies never;
      }
    },
    // No event: that it can't be made may be why the mail was set aside. Its letter says that it was given up.
    async discard(tx, item, reason) {
      const { mail, outcome } = mailOfItem(item);
      if (outcome.kind === 'sent') await endAsSent(tx, mail.id);
      else await endAsFailed(tx, mail.id, `discarded: ${reason}`);
    },
  };
}
