import { defineAction } from '#schemas/action.ts';
import { mail } from '#schemas/answers/mail.ts';
import { id } from '#schemas/params.ts';

/**
 * MAIL-5. Refused with `not_found`; with `mail_not_failed` unless the mail has failed; with
 * `conflict` if it was refused before it had a text; with `mail_expired` if its code has expired.
 */
export default defineAction({
  action: 'mailer.resend',
  route: 'POST /mails/:id/resend',
  access: ['admin'],
  status: 202,
  summary: 'Puts a failed mail into the queue again.',
  details:
    'A mail about a payout or a shuffle goes to the address that its user has now. A mail that another service has requested goes to the address of the request.',
  params: { id: id() },
  answer: mail,
  problems: ['mail_not_failed', 'mail_expired', 'conflict'],
});
