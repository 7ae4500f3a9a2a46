import { defineEvent, nullable, timestamp, uuid } from '#schemas/event.ts';

/** A mail failed for good (MAIL-2). */
export const mailFailed = defineEvent({
  type: 'mailer.mail.failed.v1',
  aggregate: 'mail',
  idField: 'mailId',
  fields: [
    { name: 'mailId', type: uuid },
    { name: 'requestId', type: 'string' },
    { name: 'recipient', type: 'string' },
    { name: 'template', type: nullable('string'), default: null },
    { name: 'subject', type: 'string' },
    { name: 'reason', type: 'string' },
    { name: 'failedAt', type: timestamp },
  ],
});
