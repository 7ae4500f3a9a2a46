/** The items of the mailer's loops: the data in their dead letters, and their keys. Pure. */
import type { LoopItem } from '#mixins/loops/item-work.ts';
import type { EndingMail, Outcome } from './mail.ts';

/** The names of the loops in their dead letters. */
export const REQUESTS = 'mailer-requests';
export const PAYOUTS = 'mailer-payouts';
export const DIGESTS = 'mailer-digests';
export const MAILS = 'mailer-mails';

type Texts<Names extends string> = Readonly<Record<Names, string>>;

/** The item of a request for a mail. */
export function requestItem({ requestId }: Texts<'requestId'>): LoopItem {
  return { key: requestId, type: 'mailer.request', subject: `request/${requestId}`, data: { requestId } };
}

/** The item of a payout whose mail is to be composed. */
export function payoutItem(payout: Texts<'payoutId' | 'employeeId' | 'businessDay'>): LoopItem {
  const { payoutId, employeeId, businessDay } = payout;
  const data = { payoutId, employeeId, businessDay };
  return { key: payoutId, type: 'mailer.payout', subject: `payout/${payoutId}`, data };
}

/** The item of one person's part of a shuffle, whose digest is to be composed. */
export function digestItem({ shuffleId, assigneeId }: Texts<'shuffleId' | 'assigneeId'>): LoopItem {
  const key = `${shuffleId}:${assigneeId}`;
  return { key, type: 'mailer.digest', subject: `digest/${key}`, data: { shuffleId, assigneeId } };
}

/** The item of a mail whose end cannot be recorded, with the outcome of its attempt. */
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

/** The content of an item that `mailItem` made. */
export function mailOfItem({ data }: LoopItem): { readonly mail: EndingMail; readonly outcome: Outcome } {
  return data as { mail: EndingMail; outcome: Outcome };
}
