/**
 * Ends remote calls that will have no answer. With the balancer off Moleculer does not know which node took a call, so a
 * call to a node that was killed stays in its table for ever: the table is bounded (then every call is refused), and a
 * node that stops waits 10 s for each. And while NATS is away a call is refused at once: it could only wait for its
 * limit, or be sent when its caller has long given up.
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

/** The caller is told by Moleculer's own limit; this comes after it, in milliseconds. */
const GRACE_MS = 100;

/** Moleculer says "rejected" of a call whose node has gone since it was sent: that node may have carried it out. */
function asUnanswered(error: unknown): never {
  if (!(error instanceof Errors.RequestRejectedError)) throw error;
  throw new Errors.RequestTimeoutError(error.data as { action: string; nodeID: string });
}

/** Add it before Moleculer's own middlewares: nothing may stand between it and the transporter. */
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
