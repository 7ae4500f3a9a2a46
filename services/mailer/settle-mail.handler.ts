/** Leases mails to send, and writes down what came of each attempt; the event of its end is in the same transaction. */
import type { Database } from '../../mixins/database/database.ts';
import { appendEvents } from '../../mixins/outbox/append.ts';
import { claimMails, defer, giveBack, markFailed, markSent, renewLeases } from './mail.store.ts';
import type { ClaimedMail, ClaimLimits, Outcome } from './mail.ts';
import { failedEvent, sentEvent } from './mail-events.ts';

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
