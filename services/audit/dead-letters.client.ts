/** Calls the services of the system for their dead letters, on any node. */
import type { DeadLetters } from '#mixins/consumer/all-dead-letters.ts';
import { FOUND_OUT_WITHIN_MS } from '#mixins/database/replica-watch.ts';
import type { RequestContext } from '#mixins/identity/identity.ts';
import { registryOf } from '#mixins/registry.ts';
import { Problem } from '#schemas/errors.ts';

/**
 * How long a read may take before the service counts as unavailable, in milliseconds. It is below
 * the limit of the whole request, and above the time in which a service detects that its primary
 * hangs (FAIL-4).
 */
const READ_WITHIN_MS = FOUND_OUT_WITHIN_MS + 1_500;
const READS = new Set(['deadLetters.list', 'deadLetters.get', 'deadLetters.causes', 'deadLetters.job']);

/**
 * Returns access to the dead letters of all services in the course of a request. Its metadata are
 * passed on, so that a settlement is recorded with the address of the request.
 *
 * `services` are those whose contracts have dead letters, even when they do not run. Announcements
 * of nodes do not count: anybody in NATS can announce a service.
 */
export function deadLettersOf(ctx: RequestContext, services: readonly string[]): DeadLetters {
  return {
    services,
    async ask<Result>(service: string, action: string, params: object) {
      const name = `${service}.${action}`;
      if (!registryOf(ctx.broker).isServed(name))
        throw new Problem('service_unavailable', `${service} does not answer`);
      const timeout = READS.has(action) ? { timeout: READ_WITHIN_MS } : {};
      return ctx.call<Result, object>(name, params, timeout);
    },
  };
}
