import { defineAction } from '#schemas/action.ts';
import { mail } from '#schemas/answers/mail.ts';
import { nullable, string } from '#schemas/answers.ts';
import { id } from '#schemas/params.ts';

/** MAIL-1. */
export default defineAction({
  action: 'mailer.mail',
  route: 'GET /mails/:id',
  access: ['admin'],
  summary: 'Shows a mail with its text.',
  params: { id: id() },
  answer: {
    ...mail,
    /** Null for a mail that was sent, whose text is deleted, or that was refused before it had one. */
    text: nullable(string('Hello Pip,')),
  },
});
