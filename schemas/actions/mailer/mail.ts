import { defineAction } from '#schemas/action.ts';
import { mail } from '#schemas/answers/mail.ts';
import { described, nullable, string } from '#schemas/answers.ts';
import { id } from '#schemas/params.ts';

/** MAIL-1. */
export default defineAction({
  action: 'mailer.mail',
  route: 'GET /mails/:id',
  access: ['admin'],
  summary: 'Shows a mail, with its text until it is sent.',
  params: { id: id() },
  answer: {
    ...mail,
    text: described(
      nullable(string('Hello Pip,')),
      'The text of the mail, in which secrets are masked. Null once the mail is sent, because its text is deleted then, and if it was refused before it had one.',
    ),
  },
});
