import { defineAction } from '#schemas/action.ts';
import { mail } from '#schemas/answers/mail.ts';
import { id } from '#schemas/params.ts';

/**
 * MAIL-5. Refused with `not_found`; with `mail_not_failed` unless the mail has failed; with
 * `conflict` if it was refused before it had a text.
 */
export default defineAction({
  action: 'mailer.resend',
  route: 'POST /mails/:id/resend',
  access: ['admin'],
  status: 202,
  summary: 'Puts a failed mail into the queue again.',
  params: { id: id() },
  answer: mail,
  problems: ['mail_not_failed', 'conflict'],
});
