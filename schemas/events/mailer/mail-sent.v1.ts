import { defineEvent, nullable, timestamp, uuid } from '#schemas/event.ts';

/** The SMTP server accepted a mail. */
export const mailSent = defineEvent({
  type: 'mailer.mail.sent.v1',
  aggregate: 'mail',
  idField: 'mailId',
  fields: [
    { name: 'mailId', type: uuid },
    { name: 'requestId', type: 'string' },
    { name: 'recipient', type: 'string' },
    { name: 'template', type: nullable('string'), default: null },
    { name: 'subject', type: 'string' },
    { name: 'messageId', type: 'string' },
    { name: 'sentAt', type: timestamp },
  ],
});
