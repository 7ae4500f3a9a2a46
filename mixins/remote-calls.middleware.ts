/**
 * Calls to other nodes (ADR 43). A call that its node has certainly not begun goes to another node.
 * If the node may have begun it, only a call that is safe to repeat does, once; any other has an
 * unknown outcome. Without another node a call fails at once, except where its node is only silent.
 *
 * While NATS is away, a call is refused at once. It could only time out, or be sent after its
 * caller has given up.
 */
import {
  type ActionEndpoint,
  type ActionHandler,
  type ActionSchema,
  type Context,
  Errors,
  type Middleware,
  type ServiceBroker,
  Strategies,
} from 'moleculer';
import type { RequestMeta } from '#schemas/action.ts';
import { isRepeatable } from '#schemas/repetition.ts';
import { carryOut } from './attempts.ts';
import { fateOf } from './call-fate.ts';
import { REQUEST_TIMEOUT_MS } from './deadlines.middleware.ts';
import type { NatsTransporter } from './nats-transporter.ts';
import { NodeWatch, type SentCall } from './node-watch.ts';
import { platformOf } from './platform.ts';
import { registryOf } from './registry.ts';

/** Sends a call to its node, and waits for the answer. */
type Send = (ctx: Context) => Promise<unknown>;

/** How long after Moleculer's own time-out a call is removed, in milliseconds. */
const GRACE_MS = 100;
/**
 * For this long after this node's own connection was lost, others may be slower to come back, in
 * milliseconds.
 */
const RELINK_MS = 3_000;
/** NATS itself is silent if it has answered no ping for so long, in milliseconds. */
const NATS_SILENT_MS = 1_000;

const watches = new WeakMap<ServiceBroker, NodeWatch>();

/**
 * The nodes of an action take turns. Nodes that owe an answer to a ping are left out while others
 * do not.
 */
export class CalmNodes extends Strategies.RoundRobin {
  override select(list: ActionEndpoint[]): ActionEndpoint {
    const calm = list.filter(({ id }) => !watches.get(this.broker)?.isDoubtful(id));
    return super.select(calm.length > 0 ? calm : list) as ActionEndpoint;
  }
}

/** Add it before Moleculer's own middlewares, so that it is next to the transporter. */
export function remoteCallsMiddleware(broker: ServiceBroker): Middleware {
  const registry = registryOf(broker);
  const transporter = () => broker.transit?.tx as NatsTransporter | undefined;
  const watch = new NodeWatch({
    ping: (nodeId, id) => void broker.transit?.sendPing(nodeId, id),
    drop: (nodeId, isExpected) => registry.drop(nodeId, isExpected),
    isSound() {
      const tx = transporter();
      if (tx === undefined || !tx.isLinked) return false;
      return performance.now() - tx.relinkedAt >= RELINK_MS && tx.silenceMs < NATS_SILENT_MS;
    },
  });

  watches.set(broker, watch);

  /**
   * Sends a call to its node. Rejects with the node's error, or with one of Moleculer's that tells
   * its fate (`fateOf`). `canMove`: whether it may go to another node now if this one is silent.
   */
  function send(ctx: Context, next: Send, limitMs: number, canMove: () => boolean): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const { id } = ctx;
    const about = aboutOf(ctx);
    const giveUp = (error: Error) => {
      // Moleculer's table of calls is bounded: when it is full, every call is refused.
      broker.transit?.removePendingRequest(id);
      reject(error);
    };
    const call: SentCall = {
      id,
      nodeId: about.nodeID,
      undelivered: () => giveUp(new Errors.ServiceNotAvailableError(about)),
      lost: () => giveUp(new Errors.RequestRejectedError(about)),
      doubted: () => {
        if (canMove()) giveUp(new Errors.RequestRejectedError(about));
      },
    };
    const timer = setTimeout(() => giveUp(new Errors.RequestTimeoutError(about)), limitMs + GRACE_MS);
    watch.sent(call);
    next(ctx).then(resolve, reject);
    return promise.finally(() => {
      clearTimeout(timer);
      watch.ended(call);
    });
  }

  /** Prepares a call for another attempt, in the time that is left. */
  function renew(ctx: Context, endpoint: ActionEndpoint, leftMs: number): void {
    if (endpoint !== ctx.endpoint) ctx.setEndpoint(endpoint);
    // A late answer to the attempt before is not for this one.
    ctx.id = broker.generateUid();
    // A copy: the caller may use its options for other calls.
    ctx.options = { ...ctx.options, timeout: leftMs };
  }

  function attempt(ctx: Context, next: Send, action: ActionSchema): Promise<unknown> {
    const name = action.name ?? '';
    const hasKey = (ctx.meta as Partial<RequestMeta>).idempotencyKey !== undefined;
    const isNamed = ctx.options.nodeID !== undefined;
    let isFirst = true;
    return carryOut<ActionEndpoint>({
      target: ctx.endpoint as ActionEndpoint,
      limitMs: ctx.options.timeout || REQUEST_TIMEOUT_MS,
      isRepeatable: isRepeatable(action, hasKey),
      send(endpoint, leftMs, canMove) {
        if (!isFirst) renew(ctx, endpoint, leftMs);
        isFirst = false;
        return send(ctx, next, leftMs, canMove);
      },
      fateOf: (error, { id }) => fateOf(error, name, id),
      beside: (tried) => (isNamed ? undefined : registry.endpointBeside(name, tried, ctx)),
      unknown: ({ id }) => new Errors.RequestTimeoutError({ action: name, nodeID: id }),
    });
  }

  return {
    name: 'RemoteCalls',
    created() {
      const tx = transporter();
      if (tx === undefined) return;
      tx.onUndelivered = (nodeId, id) => watch.undelivered(nodeId, id);
      tx.onLeft = (nodeId) => watch.left(nodeId);
      broker.localBus.on('$node.pong', ({ nodeID }: { nodeID: string }) => {
        watch.answered(nodeID);
        registry.welcome(nodeID);
      });
    },
    stopped: async () => watch.stop(),
    remoteAction(next: ActionHandler, action: ActionSchema): ActionHandler {
      return function remote(ctx) {
        if (!platformOf(broker).bus.connected || transporter()?.isLinked !== true) {
          return Promise.reject(new Errors.RequestRejectedError(aboutOf(ctx)));
        }
        return attempt(ctx, (each) => next.call(this, each) as Promise<unknown>, action);
      };
    },
  };
}

/** What Moleculer's errors say of a call. */
function aboutOf({ action, nodeID }: Context): { action: string; nodeID: string } {
  return { action: action?.name ?? '', nodeID: nodeID ?? '' };
}
