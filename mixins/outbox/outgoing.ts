/** An event of the outbox as a message. */
import { headers } from 'nats';
import { toHeaders } from '../../schemas/cloud-events.ts';
import { subjectOf } from '../names.ts';
import type { OutboxRow } from './outbox.store.ts';
import type { Outgoing } from './publisher.ts';

/** `source` is the service whose outbox it is. */
export function outgoing(namespace: string, source: string, row: OutboxRow): Outgoing {
  const { eventId, aggregate, occurredAt, stream, payload } = row;
  const result = headers();
  const envelope = { ...row, id: eventId, source, subject: aggregate, time: occurredAt };
  for (const [name, value] of toHeaders(envelope)) result.append(name, value);
  return { subject: subjectOf(namespace, row.type), lane: stream, headers: result, payload };
}
