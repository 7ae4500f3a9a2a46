/** A mail as clients see it. Pure. */
import type { mail as mailAnswer } from '#schemas/answers/mail.ts';
import type { AnswerOf } from '#schemas/answers.ts';

export type MailView = AnswerOf<typeof mailAnswer>;

/** A mail as its table has it, without its text. */
export interface ListedMail
  extends Pick<MailView, 'id' | 'status' | 'template' | 'recipient' | 'subject' | 'attempts' | 'reason'> {
  readonly position: number;
  readonly mailbox: string;
  /** `payout:<id>`, `digest:<shuffle>:<employee>`, or the id of the request. */
  readonly requestKey: string;
  readonly requestedAt: Date;
  readonly sentAt: Date | null;
}

/** What a mail is about: `payout/<id>` for `payout:<id>`. */
export function referenceOf(requestKey: string): string {
  return requestKey.includes(':') ? requestKey.replace(':', '/') : `request/${requestKey}`;
}

/** The request key of the mail with this reference. */
export function requestKeyOf(reference: string): string {
  return reference
    .toLowerCase()
    .replace(/^request\//, '')
    .replace('/', ':');
}

/**
 * `nextAttempts` are the times of the next attempts by mailbox. Those that are being tried are
 * missing.
 */
export function viewMail(mail: ListedMail, nextAttempts: ReadonlyMap<string, Date>): MailView {
  const { id, status, template, requestKey, recipient, subject, attempts, reason } = mail;
  const nextAttemptAt = status === 'queued' ? nextAttempts.get(mail.mailbox) : undefined;
  return {
    id,
    status,
    template,
    reference: referenceOf(requestKey),
    recipient,
    subject,
    requestedAt: mail.requestedAt.toISOString(),
    sentAt: mail.sentAt?.toISOString() ?? null,
    attempts,
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    reason,
  };
}
