/**
 * Authorization of every local action that has an `access`, on the node that runs it: what another
 * node says about the caller counts for nothing, only the token does. It is the outermost wrapper,
 * outside of the validator, because a stranger is refused (401) before a role (403) and a role
 * before a form (422).
 */
import type { ActionHandler, ActionSchema, Middleware, ServiceBroker } from 'moleculer';
import { platformOf } from '#mixins/platform.ts';
import type { Access } from '#schemas/action.ts';
import { Problem } from '#schemas/errors.ts';
import type { Actor, RequestContext } from './identity.ts';

/** Whether someone with these roles may call what has this access. */
export function isAllowed(access: Access, roles: readonly string[]): boolean {
  if (access === 'anyone' || access === 'signed-in') return true;
  return access.some((role) => roles.includes(role));
}

/** Deepest nesting of params: no contract comes near, and a deeper body would exhaust the stack. */
const MAX_DEPTH = 32;

/**
 * A copy that has own properties only: JSON may carry an own `__proto__`, which a check of unknown
 * fields does not see and which becomes the prototype as soon as somebody assigns it. Throws
 * `validation_failed` beyond `MAX_DEPTH`.
 */
export function ownParams(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date || ArrayBuffer.isView(value)) return value;
  if (depth > MAX_DEPTH) throw new Problem('validation_failed', 'The body is nested too deeply');
  if (Array.isArray(value)) return value.map((item) => ownParams(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== '__proto__')
      .map(([name, inner]) => [name, ownParams(inner, depth + 1)]),
  );
}

/**
 * Verifies the caller's token; throws the problems of `Identity.verify`, `unauthenticated` or
 * `forbidden`.
 */
async function authorize(
  broker: ServiceBroker,
  access: Exclude<Access, 'anyone'>,
  token: string | undefined,
): Promise<Actor> {
  if (token === undefined || token === '') throw new Problem('unauthenticated');
  const actor = await platformOf(broker).identity.verify(token);
  if (!isAllowed(access, actor.roles)) throw new Problem('forbidden');
  return actor;
}

function wrap(broker: ServiceBroker, handler: ActionHandler, action: ActionSchema): ActionHandler {
  const { access } = action;
  if (access === undefined) return handler;
  return async function authorized(ctx) {
    const request: RequestContext = ctx;
    if (access === 'anyone') delete request.locals.actor;
    else request.locals.actor = await authorize(broker, access, request.meta.token);
    ctx.params = ownParams(ctx.params) as object;
    return handler.call(this, ctx);
  };
}

/** The middleware; the platform's middleware must come before it. */
export function authorizationMiddleware(): Middleware {
  return {
    name: 'Authorization',
    // Moleculer puts its own middlewares, the validator among them, around those of the options.
    // What is added when the broker has been made, and before any service is, stands around those
    // in turn.
    created(broker: ServiceBroker) {
      broker.middlewares.add({
        name: 'AuthorizationOfActions',
        localAction: (handler: ActionHandler, action: ActionSchema) => wrap(broker, handler, action),
      });
    },
  };
}
