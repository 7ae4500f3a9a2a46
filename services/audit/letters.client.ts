/** Asks the services of the system for their dead letters, wherever they run. */
import type { SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import { FOUND_OUT_WITHIN_MS } from '#mixins/database/replica-watch.ts';
import type { RequestContext } from '#mixins/identity/identity.ts';
import { registryOf } from '#mixins/registry.ts';
import { decodeGeneric, readFingerprint } from '#schemas/avro.ts';
import { Problem } from '#schemas/errors.ts';
import { type FoundLetter, type Letters, type LetterView, viewOf } from './letters.ts';

/**
 * A service that does not answer a question within this many milliseconds counts as away; below the limit of the whole request, and with some
 * room above the time in which a service finds out that its primary hangs (FAIL-4).
 */
const READ_WITHIN_MS = FOUND_OUT_WITHIN_MS + 1_500;
const READS = new Set(['deadLetters.list', 'deadLetters.get']);

/**
 * The letters of all services, asked for in the course of a request, whose metadata go along: who settles a letter is told of with the
 * address of the request. `services`: those whose contracts say that they have letters, whether
 * they are there or not. What nodes announce does not count: anybody in NATS can announce a
 * service.
 */
export function lettersOf(ctx: RequestContext, services: readonly string[]): Letters {
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

/** A letter with what of its data can be read: an event's by the schema that it was written with; those of a loop's item are JSON. */
export async function viewLetter(registry: SchemaRegistry, found: FoundLetter): Promise<LetterView> {
  const bytes = Buffer.from(found.letter.payload, 'base64');
  try {
    if (found.letter.headers['content-type'] === 'application/json')
      return viewOf(found, JSON.parse(bytes.toString()));
    const schema = await registry.writerSchema(readFingerprint(bytes));
    return viewOf(found, decodeGeneric(schema, bytes));
  } catch {
    // That it can't be read may be the very reason why it is a letter.
    return viewOf(found, null);
  }
}
