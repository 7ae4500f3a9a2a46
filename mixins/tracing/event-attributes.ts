/** The attributes of all spans of an event, by which it is found. Pure. */
import type { Envelope } from '#schemas/envelope.ts';

export function eventAttributes({
  id,
  subject,
  correlationId,
}: Pick<Envelope, 'id' | 'subject' | 'correlationId'>) {
  return {
    'messaging.system': 'nats',
    'cloudevents.event_id': id,
    'cloudevents.event_subject': subject,
    'correlation.id': correlationId,
  };
}
