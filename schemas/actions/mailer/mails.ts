import { defineAction } from '#schemas/action.ts';
import { list, nullable, oneOf, string, time } from '#schemas/answers.ts';
import { id, line, optional, page } from '#schemas/params.ts';

/** Longer than any SMTP address, because failed requests store invalid addresses too. */
const MAX_RECIPIENT_LENGTH = 320;

/** MAIL-1, MAIL-2. The requested mails and their outcomes. Refused with `invalid_cursor`. */
export default defineAction({
  action: 'mailer.mails',
  route: 'GET /mails',
  access: ['admin'],
  summary: 'Lists mails, newest first, filtered by status and recipient (an address, in any case).',
  params: {
    ...page,
    status: { type: 'enum', values: ['queued', 'sent', 'failed'], optional: true },
    recipient: optional(line(1, MAX_RECIPIENT_LENGTH)),
  },
  answer: list({
    id: id(),
    status: oneOf('queued', 'sent', 'failed'),
    template: nullable(string()),
    recipient: string(),
    subject: string(),
    requestedAt: time(),
    sentAt: nullable(time()),
    /** For a failed mail: why it failed. For a queued one: why the last attempt failed. */
    reason: nullable(string()),
  }),
});
