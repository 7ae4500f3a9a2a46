/** Calls the participants of a reconciliation, on any node. */
import type { ServiceBroker } from 'moleculer';
import { registryOf } from '#mixins/registry.ts';
import { Problem } from '#schemas/errors.ts';
import type { Ask } from './compare.ts';

/**
 * Time limit of a call, in milliseconds. A step of a million rows takes some seconds, and
 * PostgreSQL ends a statement after ten.
 */
const ANSWER_WITHIN_MS = 12_500;

/** Types of errors, ours and Moleculer's, that say that no node could answer at this time. */
const AWAY = new Set([
  'service_unavailable',
  'SERVICE_NOT_FOUND',
  'SERVICE_NOT_AVAILABLE',
  'REQUEST_TIMEOUT',
  'REQUEST_SKIPPED',
  'REQUEST_REJECTED',
  'QUEUE_FULL',
]);

/** Throws `service_unavailable` if no node answers, and otherwise the participant's error. */
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
