/** Asks the services of the system for their part in a reconciliation, wherever they run. */
import type { ServiceBroker } from 'moleculer';
import { registryOf } from '#mixins/registry.ts';
import { Problem } from '#schemas/errors.ts';
import type { Ask } from './compare.ts';

/** One step of a million rows takes some seconds; PostgreSQL ends a statement after ten, and says so. Milliseconds. */
const ANSWER_WITHIN_MS = 12_500;

/** What is thrown where nobody could do it just now: by us, and by Moleculer. */
const AWAY = new Set([
  'service_unavailable',
  'SERVICE_NOT_FOUND',
  'SERVICE_NOT_AVAILABLE',
  'REQUEST_TIMEOUT',
  'REQUEST_SKIPPED',
  'REQUEST_REJECTED',
  'QUEUE_FULL',
]);

/** Throws `service_unavailable` where nobody answers, as well as what the other side throws. */
export function askFrom(broker: ServiceBroker): Ask {
  const registry = registryOf(broker);
  return async <Answer>(service: string, action: string, params: object) => {
    const name = `${service}.reconciliation.${action}`;
    if (!registry.isServed(name)) throw new Problem('service_unavailable', `${service} does not answer`);
    try {
      return await broker.call<Answer, object>(name, params, { timeout: ANSWER_WITHIN_MS });
    } catch (error) {
      const isAway = error instanceof Error && 'type' in error && AWAY.has(String(error.type));
      throw isAway ? new Problem('service_unavailable', `${service} can't answer: ${error.message}`) : error;
    }
  };
}
