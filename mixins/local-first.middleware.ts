/**
 * Runs an action on this node where this node has it. With the balancer off, Moleculer sends every
 * call over NATS, even to the same process. That is slower, and fails while NATS is away. Calls
 * that name another node go there.
 *
 * A local call goes through Moleculer's own `call`, with an endpoint whose remote handler is the
 * local one. So Moleculer makes contexts, timeouts, tracking and metadata. It attaches the context
 * to the promise of the handler; a direct call of the handler would get the wrong context.
 */
import type { ActionEndpoint, ServiceBroker } from 'moleculer';
import { registryOf } from './registry.ts';

type Call = (action: unknown, params?: unknown, options?: { nodeID?: string }) => Promise<unknown>;

/** By the action, not the endpoint: a service that is made again has new actions. */
const views = new WeakMap<object, object>();

/** The endpoint with the local handler, and thus all local middlewares, as its remote handler. */
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

/** Add it before Moleculer's own middlewares. `call` and `mcall` of broker and context use it. */
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
  // Not declared as `Middleware`: its `call` should return a function, but is typed as a result.
  return { name: 'LocalFirst', call: wrap };
}
