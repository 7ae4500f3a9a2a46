/** Calls the services of the system for their dead letters, on any node. */
import type { SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import {
  type DeadLetters,
  type DeadLetterView,
  type FoundDeadLetter,
  viewOf,
} from '#mixins/consumer/all-dead-letters.ts';
import { FOUND_OUT_WITHIN_MS } from '#mixins/database/replica-watch.ts';
import type { RequestContext } from '#mixins/identity/identity.ts';
import { registryOf } from '#mixins/registry.ts';
import { decodeGeneric, readFingerprint } from '#schemas/avro.ts';
import { Problem } from '#schemas/errors.ts';

/**
 * How long a read may take before the service counts as unavailable, in milliseconds. It is below
 * the limit of the whole request, and above the time in which a service detects that its primary
 * hangs (FAIL-4).
 */
const READ_WITHIN_MS = FOUND_OUT_WITHIN_MS + 1_500;
const READS = new Set(['deadLetters.list', 'deadLetters.get']);

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

/**
 * The dead letter with its readable data: an event is decoded with its writer's schema, a loop's
 * item is JSON.
 */
export async function viewDeadLetter(
  registry: SchemaRegistry,
  found: FoundDeadLetter,
): Promise<DeadLetterView> {
  const bytes = Buffer.from(found.letter.payload, 'base64');
  try {
    if (found.letter.headers['content-type'] === 'application/json')
      return viewOf(found, JSON.parse(bytes.toString()));
    const schema = await registry.writerSchema(readFingerprint(bytes));
    return viewOf(found, decodeGeneric(schema, bytes));
  } catch {
    // Unreadable data may be the very reason for the dead letter.
    return viewOf(found, null);
  }
}
