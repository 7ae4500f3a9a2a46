import { defineEvent, nullable, timestamp, uuid } from '#schemas/event.ts';

/** An admin put a failed mail into the queue again (MAIL-5). */
export const mailRequeued = defineEvent({
  type: 'mailer.mail.requeued.v1',
  aggregate: 'mail',
  idField: 'mailId',
  fields: [
    { name: 'mailId', type: uuid },
    { name: 'requestId', type: 'string' },
    { name: 'recipient', type: 'string' },
    { name: 'template', type: nullable('string'), default: null },
    { name: 'subject', type: 'string' },
    { name: 'requeuedAt', type: timestamp },
  ],
});
