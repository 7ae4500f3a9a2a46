/**
 * Gives every call of an action a deadline that lies a little below its caller's time limit, and
 * its nested calls one below its own. The database sends neither a statement nor a COMMIT after it,
 * and waits for nothing beyond it (database/pooled-client.ts). So the caller learns in time that
 * nothing was changed; it does not know only where the time limit itself ends the call.
 */
import type { ActionHandler, ActionSchema, Context, Middleware } from 'moleculer';
import type { ActionContract } from '#schemas/action.ts';
import { Problem } from '#schemas/errors.ts';
import { CallScope, runInScope, runOutOfScope } from './call-scope.ts';

/**
 * A call that has no answer yet fails after this many milliseconds; what it did is then unknown.
 */
export const REQUEST_TIMEOUT_MS = 5_000;
/** The part of a time limit that is kept for the answer: of 5 s the last 500 ms. */
const SHARE_OF_REPLY = 0.1;
/** Seconds after which a client may ask again. */
const RETRY_AFTER_SECONDS = 1;

const scopes = new WeakMap<Context, CallScope>();

/**
 * Add it after the other middlewares with local actions, and before Moleculer's own, which resolve
 * the time limit.
 */
export function deadlinesMiddleware(): Middleware {
  return {
    name: 'Deadlines',
    localAction(next: ActionHandler, action: ActionSchema): ActionHandler {
      const resourceOf = resourceNaming(action);
      // Services give each other more time where they need it; nobody else calls actions without a
      // route.
      const hasRoute = 'route' in action;
      return function within(ctx) {
        const limitMs = boundedLimit(ctx);
        if (limitMs === undefined) return runOutOfScope(() => next.call(this, ctx));
        if (limitMs <= 0) return Promise.reject(tooLate());
        const deadline = performance.now() + limitMs * (1 - SHARE_OF_REPLY);
        const scope = new CallScope(deadline, resourceOf(ctx), hasRoute || limitMs <= REQUEST_TIMEOUT_MS);
        scopes.set(ctx, scope);
        return runInScope(scope, () => next.call(this, ctx));
      };
    },
    remoteAction(next: ActionHandler): ActionHandler {
      return function within(ctx) {
        const limitMs = boundedLimit(ctx);
        return limitMs !== undefined && limitMs <= 0 ? Promise.reject(tooLate()) : next.call(this, ctx);
      };
    },
  };
}

/**
 * The time limit of a call, which ends with its parent's deadline at the latest; undefined where
 * there is none.
 */
function boundedLimit(ctx: Context): number | undefined {
  const { options } = ctx;
  const own = options.timeout ? options.timeout : undefined;
  const parent = options.parentCtx && scopes.get(options.parentCtx);
  if (parent === undefined) return own;
  const limitMs = Math.min(own ?? Number.POSITIVE_INFINITY, parent.leftMs);
  // Moleculer's own timer reads it after the handler was called; zero would mean no limit.
  options.timeout = Math.max(limitMs, 1);
  return limitMs;
}

function tooLate(): Problem {
  const detail = 'It could not be carried out in time';
  return new Problem('service_unavailable', detail, { retryAfter: RETRY_AFTER_SECONDS });
}

/**
 * By the params that say what an action changes: calls with the same ones are after the same rows.
 */
function resourceNaming(
  action: ActionSchema & Partial<ActionContract>,
): (ctx: Context) => string | undefined {
  const { name, route = '', changes } = action;
  const inPath = [...route.matchAll(/\/:(\w+)/g)].map(([, param]) => param as string);
  const params = changes === undefined ? inPath : [changes];
  if (params.length === 0 || route.startsWith('GET ')) return () => undefined;
  return (ctx) => {
    const given = ctx.params as Readonly<Record<string, unknown>>;
    return `${name} ${params.map((param) => String(given[param])).join(' ')}`;
  };
}
