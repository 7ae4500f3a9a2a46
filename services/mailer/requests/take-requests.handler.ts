/** Stores requests of other services (MAIL-1, MAIL-3). */
import { type Delivery, defineConsumer } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { mailRequested } from '#schemas/events/mailer/mail-requested.v1.ts';
import { causeOfMail } from '../mails/mail.ts';
import { factsTaken } from '../mails/signals.ts';
import { keepRequests } from './request.store.ts';

export type RequestDelivery = Delivery<typeof mailRequested>;

/** Malformed requests are stored as well. They become failed mails with the reason. */
export async function takeRequests(batch: readonly RequestDelivery[], tx: Tx): Promise<void> {
  const added = await keepRequests(
    tx,
    batch.map((delivery) => ({
      requestId: delivery.data.requestId,
      streamSequence: delivery.streamSequence ?? 0,
      requestedAt: delivery.time,
      recipient: storable(delivery.data.recipient),
      recipientName: storable(delivery.data.recipientName),
      locale: storable(delivery.data.locale),
      subject: storable(delivery.data.subject),
      body: storable(delivery.data.text),
      template: storable(delivery.data.template),
      data: storable(delivery.data.data),
      sealed: storable(delivery.data.sealed),
      ...causeOfMail(delivery),
    })),
  );
  if (added > 0) factsTaken.sendAfterCommit(tx);
}

/**
 * PostgreSQL cannot store NUL. Another control character replaces it, and later checks refuse that
 * one too.
 */
function storable<Text extends string | null>(text: Text): Text {
  return (text === null ? null : text.replaceAll('\0', '\u0001')) as Text;
}

/**
 * The durable `mailer-requests`. Its key is the request's id. Requests are ordered by their
 * position in the stream (`compose-requests.handler.ts`).
 */
export const requestsConsumer = defineConsumer({
  stream: 'mailer',
  order: 'keyed',
  reads: [mailRequested],
  handle: takeRequests,
});
