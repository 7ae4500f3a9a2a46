/** A request as a handler needs it: the actor, the cause, and the idempotency key. */

import { randomUUID } from 'node:crypto';
import type { IdempotentRequest } from '#mixins/database/idempotency.ts';
import { fingerprintOfParams } from '#schemas/canonical.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import type { Actor, RequestContext } from './identity.ts';

/** The actor of an action that anyone may call. */
const ANONYMOUS = 'anonymous';

/** A request as handlers see it. */
export interface Request {
  readonly actor: Actor;
  readonly cause: Cause;
  /** Null where the client sent no `Idempotency-Key`. */
  readonly idempotency: IdempotentRequest | null;
}

/**
 * The user who called an action whose `access` is not `anyone`. Throws `unauthenticated` where
 * there is none.
 */
export function actorOf(ctx: RequestContext): Actor {
  const actor = ctx.locals.actor;
  if (actor === undefined) throw new Problem('unauthenticated');
  return actor;
}

/**
 * The cause of the events that a call appends: its user (or `anonymous`), address and request id.
 */
export function causeOf(ctx: RequestContext): Cause {
  return {
    actorId: ctx.locals.actor?.userId ?? ANONYMOUS,
    actorAddress: ctx.meta.address ?? null,
    correlationId: ctx.meta.requestId ?? ctx.requestID ?? ctx.id,
    causationId: null,
    traceparent: ctx.meta.traceparent ?? null,
  };
}

/** The cause of a service's own work, the first of a chain. */
export function serviceCause(service: string): Cause {
  return {
    actorId: `service:${service}`,
    actorAddress: null,
    correlationId: randomUUID(),
    causationId: null,
    traceparent: null,
  };
}

/**
 * The request of an action that needs a signed-in user. Throws `unauthenticated` where there is
 * none.
 */
export function requestOf(ctx: RequestContext): Request {
  const actor = actorOf(ctx);
  const key = ctx.meta.idempotencyKey;
  return {
    actor,
    cause: causeOf(ctx),
    idempotency:
      key === undefined
        ? null
        : {
            userId: actor.userId,
            route: ctx.action?.name ?? '',
            key,
            fingerprint: fingerprintOfParams(ctx.params),
          },
  };
}
