/**
 * Authorizes calls of every local action that has an `access`, on the node that runs it. Only the
 * token counts, never what another node says about the caller. It is the outermost wrapper, outside
 * the validator: a stranger is refused first (401), then a role (403), then the params (422).
 */
import type { ActionHandler, ActionSchema, Middleware, ServiceBroker } from 'moleculer';
import { platformOf } from '#mixins/platform.ts';
import type { Access } from '#schemas/action.ts';
import { Problem } from '#schemas/errors.ts';
import type { Actor, RequestContext } from './identity.ts';

/** Whether the actor may call what has this access. */
export function isAllowed(access: Access, { roles, isService }: Pick<Actor, 'roles' | 'isService'>): boolean {
  if (access === 'anyone' || access === 'signed-in') return true;
  if (access === 'person') return !isService;
  return access.some((role) => roles.includes(role));
}

/**
 * Deepest nesting of params. No contract comes close, and a deeper body would exhaust the stack.
 */
const MAX_DEPTH = 32;

/**
 * A copy with own properties only. JSON may contain an own `__proto__`. A check for unknown fields
 * misses it, and an assignment makes it the prototype. Throws `validation_failed` beyond
 * `MAX_DEPTH`.
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
 * Verifies the caller's token. Throws the problems of `Identity.verify`, `unauthenticated` or
 * `forbidden`.
 */
async function authorize(
  broker: ServiceBroker,
  access: Exclude<Access, 'anyone'>,
  token: string | undefined,
): Promise<Actor> {
  if (token === undefined || token === '') throw new Problem('unauthenticated');
  const actor = await platformOf(broker).identity.verify(token);
  if (!isAllowed(access, actor)) throw new Problem('forbidden');
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

/** The middleware. The platform's middleware must come before it. */
export function authorizationMiddleware(): Middleware {
  return {
    name: 'Authorization',
    // Moleculer wraps the middlewares of the options in its own, such as the validator. A
    // middleware that is added after the broker was made, and before any service, wraps those in
    // turn.
    created(broker: ServiceBroker) {
      broker.middlewares.add({
        name: 'AuthorizationOfActions',
        localAction: (handler: ActionHandler, action: ActionSchema) => wrap(broker, handler, action),
      });
    },
  };
}
