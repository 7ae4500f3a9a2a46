/** The events of a mail. Each mail ends once. */
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { Cause } from '#schemas/envelope.ts';
import { mailFailed } from '#schemas/events/mailer/mail-failed.v1.ts';
import { mailSent } from '#schemas/events/mailer/mail-sent.v1.ts';
import type { MailCause } from './mail.ts';

interface EndedMail extends MailCause {
  readonly id: string;
  readonly requestKey: string;
  readonly recipient: string;
  readonly template: string | null;
  readonly subject: string;
}

function causeOf({ correlationId, eventId, traceparent }: MailCause): Cause {
  return {
    actorId: 'service:mailer',
    actorAddress: null,
    correlationId,
    causationId: eventId,
    traceparent,
  };
}

const common = ({ id, requestKey, recipient, template, subject }: EndedMail) => ({
  mailId: id,
  requestId: requestKey,
  recipient,
  template,
  subject,
});

export function sentEvent(
  mail: EndedMail & { readonly messageId: string },
  sentAt: Date,
): NewEvent<typeof mailSent> {
  const data = { ...common(mail), messageId: mail.messageId, sentAt: sentAt.getTime() };
  return newEvent(mailSent, mail.id, 1, data, causeOf(mail));
}

export function failedEvent(mail: EndedMail, reason: string, failedAt: Date): NewEvent<typeof mailFailed> {
  const data = { ...common(mail), reason, failedAt: failedAt.getTime() };
  return newEvent(mailFailed, mail.id, 1, data, causeOf(mail));
}
