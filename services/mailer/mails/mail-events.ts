/**
 * The events of a mail. A mail ends with its version 1. An admin may put it into the queue again
 * after it has failed, which is version 2, and it ends again with version 3, and so on.
 */
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { Cause } from '#schemas/envelope.ts';
import { mailFailed } from '#schemas/events/mailer/mail-failed.v1.ts';
import { mailRequeued } from '#schemas/events/mailer/mail-requeued.v1.ts';
import { mailSent } from '#schemas/events/mailer/mail-sent.v1.ts';
import type { Ended, MailCause } from './mail.ts';

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

const common = ({ id, requestKey, recipient, template, subject }: Omit<EndedMail, keyof MailCause>) => ({
  mailId: id,
  requestId: requestKey,
  recipient,
  template,
  subject,
});

export function sentEvent(
  mail: EndedMail & { readonly messageId: string },
  { at, version }: Ended,
): NewEvent<typeof mailSent> {
  const data = { ...common(mail), messageId: mail.messageId, sentAt: at.getTime() };
  return newEvent(mailSent, mail.id, version, data, causeOf(mail));
}

export function failedEvent(
  mail: EndedMail,
  reason: string,
  { at, version }: Ended,
): NewEvent<typeof mailFailed> {
  const data = { ...common(mail), reason, failedAt: at.getTime() };
  return newEvent(mailFailed, mail.id, version, data, causeOf(mail));
}

/** `cause` is that of the admin's request. */
export function requeuedEvent(
  mail: Omit<EndedMail, keyof MailCause>,
  { at, version }: Ended,
  cause: Cause,
): NewEvent<typeof mailRequeued> {
  const data = { ...common(mail), requeuedAt: at.getTime() };
  return newEvent(mailRequeued, mail.id, version, data, cause);
}
