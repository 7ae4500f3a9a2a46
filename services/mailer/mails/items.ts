/** The items of the mailer's loops: what a dead letter shows of each, and its key. Pure. */
import type { LoopItem } from '#mixins/loops/item-work.ts';
import type { EndingMail, Outcome } from './mail.ts';

/** The loops, as their dead letters name them. */
export const REQUESTS = 'mailer-requests';
export const PAYOUTS = 'mailer-payouts';
export const DIGESTS = 'mailer-digests';
export const MAILS = 'mailer-mails';

/** A request that becomes a mail. */
export function requestItem({ requestId }: { readonly requestId: string }): LoopItem {
  return { key: requestId, type: 'mailer.request', subject: `request/${requestId}`, data: { requestId } };
}

/** A payout that becomes a mail. */
export function payoutItem(payout: {
  readonly payoutId: string;
  readonly employeeId: string;
  readonly businessDay: string;
}): LoopItem {
  const { payoutId, employeeId, businessDay } = payout;
  const data = { payoutId, employeeId, businessDay };
  return { key: payoutId, type: 'mailer.payout', subject: `payout/${payoutId}`, data };
}

/** A person's part of a shuffle that becomes a mail. */
export function digestItem(digest: { readonly shuffleId: string; readonly assigneeId: string }): LoopItem {
  const { shuffleId, assigneeId } = digest;
  const key = `${shuffleId}:${assigneeId}`;
  return { key, type: 'mailer.digest', subject: `digest/${key}`, data: { shuffleId, assigneeId } };
}

/** A mail whose end can't be written down: what came of its attempt. */
export function mailItem(mail: EndingMail, outcome: Outcome): LoopItem {
  const { id, mailbox, messageId, requestKey, template, correlationId, eventId, traceparent } = mail;
  const { recipient, subject } = mail;
  const data = {
    mail: {
      id,
      mailbox,
      messageId,
      requestKey,
      template,
      correlationId,
      eventId,
      traceparent,
      recipient,
      subject,
    },
    outcome,
  };
  return { key: id, type: 'mailer.mail', subject: `mail/${id}`, data };
}

/** What `mailItem` was made of. */
export function mailOfItem({ data }: LoopItem): { readonly mail: EndingMail; readonly outcome: Outcome } {
  return data as { mail: EndingMail; outcome: Outcome };
}
