/** Leases mails to send, and writes down what came of each attempt; the event of its end is in the same transaction. */
import type { Database } from '../../mixins/database/database.ts';
import { appendEvents } from '../../mixins/outbox/append.ts';
import { claimMails, defer, giveBack, markFailed, markSent, renewLeases } from './mail.store.ts';
import type { ClaimedMail, ClaimLimits, Outcome, OutgoingMail } from './mail.ts';
import { failedEvent, sentEvent } from './mail-events.ts';

/** `lease` names the node. */
export function claim(database: Database, lease: string, limits: ClaimLimits): Promise<ClaimedMail[]> {
  return database.inTransaction((tx) => claimMails(tx, lease, limits));
}

export function renew(database: Database, lease: string): Promise<void> {
  return database.inTransaction((tx) => renewLeases(tx, lease));
}

export function settle(
  database: Database,
  lease: string,
  mail: OutgoingMail,
  outcome: Outcome,
): Promise<void> {
  return database.inTransaction(async (tx) => {
    switch (outcome.kind) {
      case 'sent': {
        const sentAt = await markSent(tx, mail, lease);
        if (sentAt !== null) await appendEvents(tx, [sentEvent(mail, sentAt)]);
        return;
      }
      case 'refused': {
        const failedAt = await markFailed(tx, mail, lease, outcome.reason);
        if (failedAt !== null) await appendEvents(tx, [failedEvent(mail, outcome.reason, failedAt)]);
        return;
      }
      case 'deferred':
        return await defer(tx, mail, lease, outcome.reason);
      case 'unreachable':
        return await giveBack(tx, mail, lease, outcome.reason);
      default:
        throw outcome satisfies never;
    }
  });
}
