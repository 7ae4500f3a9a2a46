/**
 * Ends remote calls that will get no answer. With the balancer off, Moleculer does not know which
 * node took a call. So it keeps a call to a killed node for ever. Its table of calls is bounded:
 * when it is full, every call is refused. A node that stops waits 10 s for each call in it.
 *
 * While NATS is away, a call is refused at once. It could only time out, or be sent after its
 * caller has given up.
 */
import {
  type ActionHandler,
  type ActionSchema,
  type Context,
  Errors,
  type Middleware,
  type ServiceBroker,
} from 'moleculer';
import type { NatsTransporter } from './nats-transporter.ts';
import { platformOf } from './platform.ts';

/** How long after Moleculer's own time-out a call is removed, in milliseconds. */
const GRACE_MS = 100;

/** Moleculer rejects a sent call whose node has gone. The node may have run it: a time-out. */
function asUnanswered(error: unknown): never {
  if (!(error instanceof Errors.RequestRejectedError)) throw error;
  throw new Errors.RequestTimeoutError(error.data as { action: string; nodeID: string });
}

/** Add it before Moleculer's own middlewares, so that it is next to the transporter. */
export function remoteCallsMiddleware(broker: ServiceBroker): Middleware {
  const isLinked = () => broker.transit !== undefined && (broker.transit.tx as NatsTransporter).isLinked;

  function bounded(ctx: Context, answer: Promise<unknown>, limitMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        broker.transit?.removePendingRequest(ctx.id);
        reject(new Errors.RequestTimeoutError({ action: ctx.action?.name ?? '', nodeID: ctx.nodeID ?? '' }));
      }, limitMs + GRACE_MS);
      answer.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  return {
    name: 'RemoteCalls',
    remoteAction(next: ActionHandler, action: ActionSchema): ActionHandler {
      return function remote(ctx) {
        if (!platformOf(broker).bus.connected || !isLinked()) {
          return Promise.reject(
            new Errors.RequestRejectedError({ action: action.name ?? '', nodeID: ctx.nodeID ?? '' }),
          );
        }
        const answer = (next.call(this, ctx) as Promise<unknown>).catch(asUnanswered);
        const { timeout } = ctx.options;
        return timeout ? bounded(ctx, answer, timeout) : answer;
      };
    },
  };
}
