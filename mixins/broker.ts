/** How every node's broker is made. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type BrokerOptions, Validators } from 'moleculer';
import type { Config } from '../config.ts';
import { connectionOptions } from './bus/connection-options.ts';
import { createBus } from './bus/nats-bus.ts';
import { natsUserOf } from './bus/nats-user.ts';
import { deadlinesMiddleware, REQUEST_TIMEOUT_MS } from './deadlines.middleware.ts';
import { healthMiddleware } from './health.middleware.ts';
import { authorizationMiddleware } from './identity/authorization.middleware.ts';
import { createIdentity } from './identity/identity-view.ts';
import { OwnerWatch } from './identity/owner-watch.ts';
import { lifecycleMiddleware } from './lifecycle.middleware.ts';
import { logScopeMiddleware } from './log-scope.middleware.ts';
import { nodeMetrics } from './metrics/metrics.middleware.ts';
import { NatsTransporter } from './nats-transporter.ts';
import { nodeLogger } from './node-logger.ts';
import { platformMiddleware } from './platform.ts';
import { CalmNodes, remoteCallsMiddleware } from './remote-calls.middleware.ts';
import { nodeTraces } from './tracing/tracing.middleware.ts';
import { unavailableMiddleware } from './unavailable.middleware.ts';

/** Running calls may go on for this many milliseconds when a node stops. */
export const SHUTDOWN_TIMEOUT_MS = 10_000;
/** Calls within calls; a cycle between services ends here. */
const MAX_CALL_LEVEL = 10;
/**
 * `<user of NATS>.<hostname>-<pid>-<4 hex digits>`: two words of a subject, of which the first one
 * can be permitted to its user alone.
 */
function makeNodeId(config: Pick<Config, 'natsUrls'>): string {
  const host = hostname().replaceAll(/[^A-Za-z0-9_-]/g, '-');
  return `${natsUserOf(config)}.${host}-${process.pid}-${randomBytes(2).toString('hex')}`;
}

export interface NodeOptions {
  /**
   * A node that runs no service, such as that of a command: it makes neither streams nor buckets.
   * Default false.
   */
  readonly observer?: boolean;
}

/**
 * The options of a node's broker: NATS as transporter, time limits, strict validation and the
 * platform. Calls stay on this node where it runs the action, otherwise its nodes take turns. It
 * leaves signals alone; the process that runs it owns them.
 */
export function brokerOptions(config: Config, { observer = false }: NodeOptions = {}): BrokerOptions {
  const nodeID = makeNodeId(config);
  const traces = nodeTraces(observer ? { ...config, otlpEndpoint: null } : config, nodeID);
  const metrics = nodeMetrics(observer ? { ...config, metrics: 'off' } : config);
  return {
    namespace: config.namespace,
    nodeID,
    logger: nodeLogger(config),
    transporter: new NatsTransporter({
      ...connectionOptions(config),
      name: nodeID,
      waitOnFirstConnect: true,
    }),
    // `$node.options` and the like would tell other nodes how this one is configured.
    internalServices: false,
    registry: { strategy: CalmNodes },
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxCallLevel: MAX_CALL_LEVEL,
    heartbeatInterval: 2,
    heartbeatTimeout: 6,
    tracking: { enabled: true, shutdownTimeout: SHUTDOWN_TIMEOUT_MS },
    retryPolicy: { enabled: false },
    // Params name every field they take, nested ones too, even where a contract forgets `$$strict`.
    validator: new Validators.Fastest({
      useNewCustomCheckerFunction: true,
      defaults: { object: { strict: true } },
    }),
    skipProcessEventRegistration: true,
    metrics: metrics.metrics,
    tracing: traces.tracing,
    // Moleculer's type leaves out that it also takes functions of the broker.
    middlewares: [
      platformMiddleware((broker) => {
        const bus = createBus(config, broker.getLogger('bus'), { observer });
        const owner = new OwnerWatch(broker);
        const identity = createIdentity(config, bus, broker.getLogger('identity'), () => owner.isAway());
        return { config, bus, identity };
      }),
      metrics.middleware,
      remoteCallsMiddleware,
      unavailableMiddleware,
      logScopeMiddleware,
      ...traces.middlewares,
      deadlinesMiddleware(),
      authorizationMiddleware(),
      lifecycleMiddleware(),
      ...(config.healthSocket === null ? [] : [healthMiddleware(config.healthSocket)]),
    ] as NonNullable<BrokerOptions['middlewares']>,
  };
}
