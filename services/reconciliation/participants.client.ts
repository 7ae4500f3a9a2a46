/** Calls the participants of a reconciliation, on any node. */
import type { ServiceBroker } from 'moleculer';
import { registryOf } from '#mixins/registry.ts';
import { isProblem, isUnanswered, Problem } from '#schemas/errors.ts';
import { messageOf } from '#schemas/text.ts';
import type { Ask } from './compare.ts';

/**
 * Time limit of a call, in milliseconds. A step of a million rows takes some seconds, and
 * PostgreSQL ends a statement after ten.
 */
const ANSWER_WITHIN_MS = 12_500;

/** Throws `service_unavailable` if no node answers, and otherwise the participant's error. */
export function askFrom(broker: ServiceBroker): Ask {
  const registry = registryOf(broker);
  return async <Answer>(service: string, action: string, params: object) => {
    const name = `${service}.reconciliation.${action}`;
    if (!registry.isServed(name)) throw new Problem('service_unavailable', `${service} does not answer`);
    try {
      return await broker.call<Answer, object>(name, params, { timeout: ANSWER_WITHIN_MS });
    } catch (error) {
      if (!isUnanswered(error) && !isProblem(error, 'service_unavailable')) throw error;
      throw new Problem('service_unavailable', `${service} can't answer: ${messageOf(error)}`);
    }
  };
}
