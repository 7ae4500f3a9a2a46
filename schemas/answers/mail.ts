/** A mail as clients see it (MAIL-1, MAIL-2): in a list, and alone. */
import { described, nullable, oneOf, string, time } from '#schemas/answers.ts';
import { id, whole } from '#schemas/params.ts';

export const mail = {
  id: id(),
  status: oneOf('queued', 'sent', 'failed'),
  template: nullable(string('payout')),
  reference: described(
    string('payout/0195a000-0000-7000-8000-000000000001'),
    'What it is about: `payout/<payout id>`, `request/<id>` or `digest/<shuffle id>:<user id>`.',
  ),
  recipient: string('pip@popug.example'),
  subject: described(string(), 'The subject of the mail.'),
  requestedAt: time(),
  sentAt: nullable(time()),
  /** Attempts so far, also those before it was sent again. */
  attempts: whole(0),
  /**
   * For a queued mail: when its mailbox is tried next. Earlier mails of the mailbox go first. Null
   * while one of them is being sent.
   */
  nextAttemptAt: nullable(time()),
  reason: described(
    nullable(string()),
    'Why it failed; of a queued mail: why the last attempt failed. Null if none did.',
  ),
} as const;
