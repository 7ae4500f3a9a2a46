/** A mail as clients see it (MAIL-1, MAIL-2): in a list, and alone. */
import { nullable, oneOf, string, time } from '#schemas/answers.ts';
import { id, whole } from '#schemas/params.ts';

export const mail = {
  id: id(),
  status: oneOf('queued', 'sent', 'failed'),
  template: nullable(string('payout')),
  /** What it is about: `payout/<id>`, `digest/<shuffle>:<employee>` or `request/<id>`. */
  reference: string('payout/0195a000-0000-7000-8000-000000000001'),
  recipient: string('pip@popug.example'),
  subject: string(),
  requestedAt: time(),
  sentAt: nullable(time()),
  /** Attempts so far, also those before it was sent again. */
  attempts: whole(0),
  /**
   * For a queued mail: when its mailbox is tried next. Earlier mails of the mailbox go first. Null
   * while one of them is being sent.
   */
  nextAttemptAt: nullable(time()),
  /** For a failed mail: why it failed. For a queued one: why the last attempt failed. */
  reason: nullable(string()),
} as const;
