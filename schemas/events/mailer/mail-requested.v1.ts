import { defineEvent, type EventData, nullable, uuid } from '#schemas/event.ts';

/**
 * A service requests a mail (MAIL-1): subject and text, or a template with its data as JSON. One
 * mail is sent for each request id.
 */
export const mailRequested = defineEvent({
  type: 'mailer.mail.requested.v1',
  aggregate: 'request',
  idField: 'requestId',
  fields: [
    { name: 'requestId', type: uuid },
    { name: 'sender', type: 'string' },
    { name: 'recipient', type: 'string' },
    { name: 'recipientName', type: nullable('string'), default: null },
    { name: 'locale', type: nullable('string'), default: null },
    { name: 'subject', type: nullable('string'), default: null },
    { name: 'text', type: nullable('string'), default: null },
    { name: 'template', type: nullable('string'), default: null },
    { name: 'data', type: nullable('string'), default: null },
    {
      name: 'sealed',
      type: nullable('string'),
      default: null,
      doc: 'A secret that the mail has in place of its mask, encrypted for the service that sends it',
    },
  ],
});

export type MailRequested = EventData<typeof mailRequested>;
