/**
 * Runs an action on this node where it has it. With the balancer off every call goes over NATS, even to the same
 * process: slower, and impossible while NATS is away. Calls that name another node go there.
 *
 * The local call is handed to Moleculer's own `call` as an endpoint whose remote handler is the local one, so that
 * contexts, timeouts, tracking and metadata are made in one place; calling the handler from here would return a
 * promise to which Moleculer attaches the context of the call before it.
 */
import type { ActionEndpoint, ServiceBroker } from 'moleculer';
import { registryOf } from './registry.ts';

type Call = (action: unknown, params?: unknown, options?: { nodeID?: string }) => Promise<unknown>;

/** By the action, not the endpoint: a service that is made again brings new ones. */
const views = new WeakMap<object, object>();

/** The endpoint, its remote handler replaced by the local one (which has all local middlewares around it). */
function localView(endpoint: ActionEndpoint): object {
  let view = views.get(endpoint.action);
  if (view === undefined) {
    const action = Object.create(endpoint.action, { remoteHandler: { value: endpoint.action.handler } });
    view = Object.create(endpoint, { action: { value: action } }) as object;
    views.set(endpoint.action, view);
  }
  return view;
}

function isLocalEndpoint(action: unknown): action is ActionEndpoint {
  return typeof action === 'object' && action !== null && 'local' in action && action.local === true;
}

/** Add it before Moleculer's own middlewares; `broker.call`, `ctx.call` and `mcall` all pass through it. */
export function localFirstMiddleware(broker: ServiceBroker) {
  const registry = registryOf(broker);
  const wrap =
    (next: Call): Call =>
    (action, params, options = {}) => {
      if (typeof action === 'string') {
        if (options.nodeID !== undefined && options.nodeID !== broker.nodeID) {
          return next(action, params, options);
        }
        const endpoint = registry.localEndpoint(action);
        return next(endpoint ? localView(endpoint) : action, params, options);
      }
      return next(isLocalEndpoint(action) ? localView(action) : action, params, options);
    };
  // No `Middleware`: Moleculer's type of this hook names the call's result where it means the wrapped function.
  return { name: 'LocalFirst', call: wrap };
}
