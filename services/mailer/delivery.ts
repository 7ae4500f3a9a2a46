/** What a mail keeps of the event that it comes from. Pure. */
import type { Envelope } from '../../schemas/envelope.ts';
import type { MailCause } from './mail.ts';

export function causeOfMail({
  id,
  correlationId,
  traceparent,
}: Pick<Envelope, 'id' | 'correlationId' | 'traceparent'>): MailCause {
  return { eventId: id, correlationId, traceparent };
}
