/**
 * The public key of the service that sends mails. Only that service can read what is sealed with
 * it.
 */
import type { JWK } from 'jose';
import type { ServiceBroker } from 'moleculer';

export const SEALING_KEY_ACTION = 'mailer.sealingKey';

/** Throws while no node runs that service. */
export async function readSealingKey(broker: ServiceBroker): Promise<JWK> {
  const { publicJwk } = await broker.call<{ publicJwk: JWK }>(SEALING_KEY_ACTION);
  return publicJwk;
}
